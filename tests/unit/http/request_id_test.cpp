#include "net/http/request_id.hpp"

#include <set>

#include <catch2/catch_test_macros.hpp>

using namespace troupe::net::http;

TEST_CASE("a correlation id is up to 128 letters, digits, dots, underscores and dashes") {
  CHECK(is_request_id("a"));
  CHECK(is_request_id("5e2f1c3a-0b1c-4d2e-8f3a-1b2c3d4e5f60"));
  CHECK(is_request_id("A.b_c-9"));
  CHECK(is_request_id(std::string(128, 'x')));
  CHECK_FALSE(is_request_id(""));
  CHECK_FALSE(is_request_id(std::string(129, 'x')));
  for (auto bad : {"a b", "a\nb", "a/b", "a\"b", "caf\xc3\xa9", "a;b", "<x>"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_request_id(bad));
  }
}

TEST_CASE("made correlation ids are well-formed and differ") {
  std::set<std::string> seen;
  std::string id;
  for (int i = 0; i < 10'000; ++i) {
    make_request_id(id);
    REQUIRE(is_request_id(id));
    seen.insert(id);
  }
  CHECK(seen.size() == 10'000);
}
