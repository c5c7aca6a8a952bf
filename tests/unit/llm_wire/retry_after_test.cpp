#include "net/retry_after.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using troupe::net::retry_after;

namespace {

// Sun, 06 Nov 1994 08:49:37 GMT
const std::chrono::system_clock::time_point now{784'111'777s};

std::optional<std::chrono::milliseconds> read(const std::string& value, const std::string& name = "Retry-After") {
  return retry_after({{"Date", "x"}, {name, value}}, now);
}

} // namespace

TEST_CASE("waiting times are read as seconds, as milliseconds and as dates") {
  CHECK(read("0") == 0ms);
  CHECK(read("7") == 7'000ms);
  CHECK(read(" 1.5 ") == 1'500ms);
  CHECK(read("250", "retry-after-ms") == 250ms);
  CHECK(read("0.5", "Retry-After-Ms") == 0ms);
  CHECK(read("Sun, 06 Nov 1994 08:50:37 GMT") == 60'000ms);
}

TEST_CASE("milliseconds are taken before seconds") {
  CHECK(retry_after({{"Retry-After", "2"}, {"retry-after-ms", "1500"}}, now) == 1'500ms);
  CHECK(retry_after({{"Retry-After", "2"}, {"retry-after-ms", "soon"}}, now) == 2'000ms);
}

TEST_CASE("waiting times stay between none and five minutes") {
  CHECK(read("301") == 300'000ms);
  CHECK(read(std::string(400, '9')) == 300'000ms);
  CHECK(read("Sun, 06 Nov 1994 08:49:00 GMT") == 0ms);
  CHECK(read("Fri, 31 Dec 9999 23:59:59 GMT") == 300'000ms);
}

TEST_CASE("what can't be understood is no waiting time") {
  CHECK_FALSE(retry_after({}, now));
  for (const auto* value : {"", "soon", "-1", "1e3", "1.2.3", "0x10", "inf", "nan", "Sun, 06 Nov 1994 08:49:37 CET",
                            "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
                            "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:-7 GMT", "1994-11-06T08:49:37Z"})
    CHECK_FALSE(read(value));
}
