#include "net/webhook/moment.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::net::webhook;

namespace {

std::optional<std::int64_t> rfc3339(std::string_view text) {
  const auto at = read_rfc3339(text);
  return at ? std::optional{at->time_since_epoch().count()} : std::nullopt;
}

std::optional<std::int64_t> unix_time(std::string_view text) {
  const auto at = read_unix(text);
  return at ? std::optional{at->time_since_epoch().count()} : std::nullopt;
}

} // namespace

TEST_CASE("RFC 3339 times are read with zone and fraction") {
  CHECK(rfc3339("1970-01-01T00:00:00Z") == 0);
  CHECK(rfc3339("2023-11-14T22:13:20Z") == 1'700'000'000);
  CHECK(rfc3339("2023-11-14t22:13:20z") == 1'700'000'000);
  CHECK(rfc3339("2023-11-14 22:13:20.999Z") == 1'700'000'000);
  CHECK(rfc3339("2023-11-14T23:13:20+01:00") == 1'700'000'000);
  CHECK(rfc3339("2023-11-14T16:43:20-05:30") == 1'700'000'000);
  CHECK(rfc3339("2024-02-29T00:00:00Z") == 1'709'164'800);
  CHECK(rfc3339("2016-12-31T23:59:60Z") == 1'483'228'800);
}

TEST_CASE("what isn't RFC 3339 is no time") {
  for (const auto* text :
       {"", "2023-11-14", "2023-11-14T22:13:20", "2023-11-14T22:13Z", "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z",
        "2023-11-14T24:00:00Z", "2023-11-14T22:60:00Z", "2023-11-14T22:13:61Z", "2023-11-14T22:13:20+24:00",
        "2023-11-14T22:13:20+0100", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20Zx", " 2023-11-14T22:13:20Z",
        "23-11-14T22:13:20Z", "1700000000", "2023/11/14T22:13:20Z", "2023-11-14X22:13:20Z"}) {
    INFO(text);
    CHECK_FALSE(rfc3339(text));
  }
}

TEST_CASE("Unix seconds are read with a fraction, but not as milliseconds") {
  CHECK(unix_time("0") == 0);
  CHECK(unix_time("1700000000") == 1'700'000'000);
  CHECK(unix_time("1700000000.75") == 1'700'000'000);
  CHECK(unix_time("253402300799") == 253'402'300'799);
  for (const auto* text : {"-1", "-0.5", "1700000000000", "1.7e9", "1700000000.5e1", "99999999999999999999"})
    CHECK_FALSE(unix_time(text));
}
