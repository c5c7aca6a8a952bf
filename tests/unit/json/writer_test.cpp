#include "net/json/writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using troupe::net::json::literal;

TEST_CASE("text is quoted so that it reads back as it was") {
  using namespace std::string_literals;
  for (const auto& text : {""s, "plain"s, "\"quotes\" and \\ and /"s, "line\nfeed\r\ttab\b\f"s, "\0\x01\x1f\x7f"s,
                           "grüße € 😀"s, "</script>"s})
    CHECK(nlohmann::json::parse(literal(text)).get<std::string>() == text);
}

TEST_CASE("invalid UTF-8 is replaced, so that the result always parses") {
  CHECK(literal("a\xff"
                "b")
        == "\"a\xef\xbf\xbd"
           "b\"");
  CHECK(literal("\xc3") == "\"\xef\xbf\xbd\"");
  CHECK(literal("\xed\xa0\x80") == "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}
