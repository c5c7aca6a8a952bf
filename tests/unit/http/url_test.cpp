#include "net/http/url.hpp"

#include <stdexcept>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace troupe::net::http;

TEST_CASE("an address is taken apart") {
  auto plain = parse_url("http://localhost");
  CHECK_FALSE(plain.secure);
  CHECK(plain.host == "localhost");
  CHECK(plain.port == 80);
  CHECK(plain.base.empty());
  CHECK(plain.authority() == "localhost");

  auto full = parse_url("HTTPS://desk.example.com:8443/app/api/v3/");
  CHECK(full.secure);
  CHECK(full.host == "desk.example.com");
  CHECK(full.port == 8443);
  CHECK(full.base == "/app/api/v3");
  CHECK(full.authority() == "desk.example.com:8443");

  CHECK(parse_url("https://x").port == 443);
  CHECK(parse_url("https://x:443/").authority() == "x");

  auto v6 = parse_url("http://[::1]:8080/");
  CHECK(v6.host == "::1");
  CHECK(v6.port == 8080);
  CHECK(v6.base.empty());
  CHECK(v6.authority() == "[::1]:8080");
}

TEST_CASE("an address that isn't one is refused") {
  auto text = GENERATE(as<std::string>{}, "", "localhost", "ftp://x", "http://", "http:///x", "http://:80",
                       "http://x:", "http://x:0", "http://x:65536", "http://x:8o", "http://user@x",
                       "http://user:secret@x", "http://[::1", "http://[zz]", "http://[::1]x", "http://a b",
                       "http://x/a b", "http://x?q", "http://x/a#b", "http://x\r\n");
  CAPTURE(text);
  CHECK_THROWS_AS(parse_url(text), std::invalid_argument);
}
