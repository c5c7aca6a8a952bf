#include "net/http/message.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::net::http;

TEST_CASE("header fields are found without regard to case") {
  request r;
  r.headers = {{"Content-Type", "text/plain"}, {"X-A", "1"}, {"x-a", "2"}};
  CHECK(r.get("content-type") == "text/plain");
  CHECK(r.get("X-a") == "1");
  CHECK(r.count("X-A") == 2);
  CHECK(r.count("X-B") == 0);
  CHECK(r.get("X-B").empty());
}

TEST_CASE("parameters of path and query are found by name") {
  request r;
  r.parameters = {{"id", "7"}};
  r.query = "q=two%20words";
  CHECK(r.parameter("id") == "7");
  CHECK(r.parameter("ID").empty());
  CHECK(r.query_parameter("q") == "two words");
  CHECK(r.query_parameter("p").empty());
}
