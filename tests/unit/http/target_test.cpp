#include "net/http/target.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace troupe::net::http;

namespace {

struct decoded {
  std::string path;
  std::string query;
  std::string fault;
};

decoded decode(std::string_view target) {
  decoded result;
  result.fault = decode_target(target, result.path, result.query);
  return result;
}

} // namespace

TEST_CASE("a target is taken apart into a decoded path and a raw query") {
  auto plain = decode("/api/v1/jobs/42");
  CHECK(plain.fault.empty());
  CHECK(plain.path == "/api/v1/jobs/42");
  CHECK(plain.query.empty());

  auto full = decode("/caf%C3%A9%20bar/%7Eme?q=a%20b&x=1?2");
  CHECK(full.fault.empty());
  CHECK(full.path == "/caf\xc3\xa9 bar/~me");
  CHECK(full.query == "q=a%20b&x=1?2");
}

TEST_CASE("a target in absolute form is taken like its path and query") {
  const auto full = decode("http://troupe.example:8080/caf%C3%A9?q=1");
  CHECK(full.fault.empty());
  CHECK(full.path == "/caf\xc3\xa9");
  CHECK(full.query == "q=1");
  CHECK(decode("HTTPS://[::1]/health").path == "/health");
  CHECK(decode("http://host").path == "/");
  const auto bare = decode("http://host?a=b/c");
  CHECK(bare.path == "/");
  CHECK(bare.query == "a=b/c");
}

TEST_CASE("dots that are no dot segment are part of a name") {
  auto path = GENERATE(as<std::string>{}, "/...", "/.well-known/x", "/a..b", "/a./b", "/..a");
  CAPTURE(path);
  CHECK(decode(path).fault.empty());
}

TEST_CASE("dots and slashes that are escaped are part of a name") {
  CHECK(decode("/a/%2e%2E/b").path == "/a/../b");
  CHECK(decode("/a/%2e").path == "/a/.");
  CHECK(decode("/a%5cb").path == "/a\\b");
  CHECK(decode("/a%2fb%2Fc").path == std::string{"/a"} + escaped_slash + 'b' + escaped_slash + 'c');
}

TEST_CASE("a target that two programs could read differently is refused") {
  auto target = GENERATE(as<std::string>{},
                         "",                 // nothing
                         "api",              // no leading slash
                         "*",                // asterisk form
                         "ftp://other/path", // absolute forms that aren't served
                         "http:/path", "http://", "http:///path", "http://user@host/", "http://a b/", "http://host#a",
                         "http://host\\a", "http://host/../a", "http://host//../a", "httpx://host/",
                         "example.com:443", // authority form
                         "/a%",             // broken escapes
                         "/a%2", "/a%zz", "/a%%20", "/a%u0041",
                         "/a%00b",                                          // NUL
                         "/a%0d%0aSet-Cookie:x", "/a%01", "/a%1f", "/a%7f", // control characters
                         "/a\\b",                                           // a backslash
                         "/.", "/..", "/a/./b", "/a/../b", "/a/..",         // dot segments
                         "/%ff", "/%c0%af", "/%ed%a0%80",                   // not UTF-8, overlong, surrogate
                         "/a b", "/a\tb", "/a#b", "/a\"b", "/a<b>", "/caf\xc3\xa9", "/a?b%", "/a?b=%00", "/a?b=%ff",
                         "/a?b#c", "/a?b c");
  CAPTURE(target);
  CHECK_FALSE(decode(target).fault.empty());
}

TEST_CASE("the value of a query parameter is decoded") {
  CHECK(query_value("a=1&b=two%20words&c=x+y", "b") == "two words");
  CHECK(query_value("a=1&b=two%20words&c=x+y", "c") == "x y");
  CHECK(query_value("na%6De=v", "name") == "v");
  CHECK(query_value("a=1&a=2", "a") == "1");
  CHECK(query_value("flag&x=1", "flag").empty());
  CHECK(query_value("x=1", "y").empty());
  CHECK(query_value("", "y").empty());
  CHECK(query_value("a=b=c", "a") == "b=c");
}

TEST_CASE("what goes into an address is encoded") {
  CHECK(percent_encode("a b&c=ü/%") == "a%20b%26c%3D%C3%BC%2F%25");
  CHECK(percent_encode(".") == "%2E");
  CHECK(percent_encode("..") == "%2E%2E");
  CHECK(percent_encode("...a.b") == "...a.b");
}

TEST_CASE("a percent-decoded component is UTF-8 without NUL") {
  CHECK(percent_decode("%E2%82%AC+1", true) == "\xe2\x82\xac 1");
  CHECK(percent_decode("%E2%82%AC+1", false) == "\xe2\x82\xac+1");
  CHECK_FALSE(percent_decode("%00", false));
  CHECK_FALSE(percent_decode("%4", false));
  CHECK_FALSE(percent_decode("%C3", false));
}
