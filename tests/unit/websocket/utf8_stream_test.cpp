#include "net/websocket/utf8_stream.hpp"

#include <string>
#include <string_view>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using troupe::net::websocket::utf8_stream;

TEST_CASE("well-formed UTF-8 is accepted in pieces of any size") {
  const std::string text = GENERATE(
      "", "plain text of more than eight bytes", "Grüße, 漢字, 😀 and \u00a0",
      "\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "eight by\xc3\xa9 eight");
  for (std::size_t piece = 1; piece <= text.size() + 1; ++piece) {
    utf8_stream stream;
    for (std::size_t at = 0; at < text.size(); at += piece)
      REQUIRE(stream.put(std::string_view{text}.substr(at, piece)));
    CHECK(stream.is_complete());
  }
}

TEST_CASE("text that can't be UTF-8 is refused with the byte that rules it out") {
  const std::string text = GENERATE("\x80", "\xbf", "\xc0", "\xc1", "\xf5", "\xff", "\xe0\x9f", "\xed\xa0", "\xf0\x8f",
                                    "\xf4\x90", "\xc3(", "\xe2\x82(", "\xf0\x9f\x98(");
  utf8_stream stream;
  CHECK(stream.put("in front "));
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    CHECK(stream.put(text.substr(i, 1)));
  CHECK_FALSE(stream.put(text.substr(text.size() - 1)));
}

TEST_CASE("text that ends inside a sequence isn't complete") {
  utf8_stream stream;
  CHECK(stream.put("\xf0\x9f\x98"));
  CHECK_FALSE(stream.is_complete());
  CHECK(stream.put("\x80"));
  CHECK(stream.is_complete());
}
