#include "net/json/reader.hpp"

#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace troupe::net;
using json::strictness;

namespace {

/// Reads the whole text and tells its fault, or an empty one.
json::fault fault_of(std::string_view text, strictness how = strictness::strict, unsigned depth = 32) {
  json::reader in{text, how, depth};
  in.skip();
  return in.finish() ? json::fault{} : *in.failure();
}

bool reads(std::string_view text, strictness how = strictness::strict) {
  return fault_of(text, how).message.empty();
}

std::string string_of(std::string_view text, strictness how = strictness::strict) {
  json::reader in{text, how};
  const std::string result{in.string()};
  REQUIRE(in.finish());
  return result;
}

} // namespace

TEST_CASE("values of every type are read") {
  json::reader in{R"( {"a":"x","b":-1.5e3,"c":true,"d":false,"e":null,"f":[1,2],"g":{}} )"};
  std::string_view name;
  REQUIRE(in.enter_object());
  REQUIRE(in.next_member(name));
  CHECK(name == "a");
  CHECK(in.string() == "x");
  REQUIRE(in.next_member(name));
  CHECK(in.number() == "-1.5e3");
  REQUIRE(in.next_member(name));
  CHECK(in.boolean());
  REQUIRE(in.next_member(name));
  CHECK_FALSE(in.boolean());
  REQUIRE(in.next_member(name));
  CHECK(in.peek() == json::type::null);
  in.skip();
  REQUIRE(in.next_member(name));
  REQUIRE(in.enter_array());
  REQUIRE(in.next_element());
  CHECK(in.unsigned_or_skip() == 1U);
  REQUIRE(in.next_element());
  CHECK(in.unsigned_or_skip() == 2U);
  CHECK_FALSE(in.next_element());
  REQUIRE(in.next_member(name));
  CHECK(name == "g");
  REQUIRE(in.enter_object());
  CHECK_FALSE(in.next_member(name));
  CHECK_FALSE(in.next_member(name));
  CHECK(in.finish());
}

TEST_CASE("escapes are decoded and characters are counted") {
  std::size_t characters = 0;
  json::reader in{R"("a\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00ü€😀z")"};
  CHECK(in.string(&characters) == "a\"\\/\b\f\n\r\tä😀ü€😀z");
  CHECK(characters == 15);
  CHECK(in.finish());
  json::reader plain{R"("grüße")"};
  plain.string(&characters);
  CHECK(characters == 5);
}

TEST_CASE("long strings are read whole, wherever their special characters stand") {
  for (std::size_t length = 0; length < 40; ++length)
    for (const std::string special : {"\\n", "ü", "\\u0041", "€"}) {
      const std::string before(length, 'x');
      const auto expected = before + (special == "\\n" ? "\n" : special == "\\u0041" ? "A" : special) + "yyyyyyyyyyyy";
      CHECK(string_of("\"" + before + special + "yyyyyyyyyyyy\"") == expected);
    }
}

TEST_CASE("a name that occurs twice is a fault with a pointer to it") {
  CHECK(fault_of(R"({"a":1,"b":2,"a":3})").pointer == "/a");
  CHECK(fault_of(R"({"a":1,"\u0061":3})").pointer == "/a");
  CHECK(fault_of(R"({"x":[{"ok":1},{"a":1,"a":2}]})").pointer == "/x/1/a");
  CHECK(fault_of(R"({"a/b~":{"c":1,"c":1}})").pointer == "/a~1b~0/c");
  CHECK(reads(R"({"a":{"a":{"a":1}},"b":{"a":1}})"));
  CHECK(reads(R"({"a":{"x":1},"b":{"x":1},"x":1})"));
  CHECK(reads(R"({"a":1,"a":2})", strictness::lenient));
}

TEST_CASE("an object with more than 64 members is a fault") {
  std::string text = "{\"m0\":0";
  for (int i = 1; i < 64; ++i)
    text += ",\"m" + std::to_string(i) + "\":0";
  CHECK(reads(text + "}"));
  CHECK_FALSE(reads(text + ",\"m64\":0}"));
  CHECK(reads(text + ",\"m64\":0}", strictness::lenient));
}

TEST_CASE("nesting is bounded") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(reads(nested(32)));
  CHECK(fault_of(nested(33)).message.starts_with("is nested deeper than 32 levels"));
  CHECK(fault_of(std::string(100'000, '[')).message.starts_with("is nested deeper"));
  CHECK_FALSE(fault_of("[[]]", strictness::strict, 1).message.empty());
  CHECK(fault_of(nested(64), strictness::lenient, 1000).message.empty());
  CHECK_FALSE(fault_of(nested(65), strictness::lenient, 1000).message.empty());
}

TEST_CASE("NUL is refused in strict texts, raw or escaped") {
  using namespace std::string_view_literals;
  CHECK(fault_of("{\"a\":\"x\0y\"}"sv).message.starts_with("holds a NUL character"));
  CHECK(fault_of("{\"a\":\"x\0y\"}"sv).pointer == "/a");
  CHECK(fault_of(R"({"a":"x\u0000y"})").message.starts_with("holds a NUL character"));
  CHECK(fault_of(R"({"a\u0000":1})").message.starts_with("holds a NUL character"));
  CHECK(string_of(R"("x\u0000y")", strictness::lenient) == "x\xef\xbf\xbdy");
}

TEST_CASE("half surrogate pairs are refused in strict texts and replaced in lenient ones") {
  for (const auto* text : {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\u0041")", R"("\ud800\ud800")"}) {
    CHECK_FALSE(reads(text));
    CHECK(reads(text, strictness::lenient));
  }
  CHECK(string_of(R"("\ud800A")", strictness::lenient)
        == "\xef\xbf\xbd"
           "A");
  CHECK(string_of(R"("\ud800\ud83d\ude00")", strictness::lenient) == "\xef\xbf\xbd😀");
}

TEST_CASE("invalid UTF-8 is refused everywhere") {
  for (const std::string bytes : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xe0\x80\xaf", "\xe2\x82", "\xed\xa0\x80",
                                  "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe"}) {
    CHECK(fault_of("\"" + bytes + "\"").message.starts_with("isn't valid UTF-8"));
    CHECK(fault_of("{\"a\\n\":[\"\\n" + bytes + "\"]}").message.starts_with("isn't valid UTF-8"));
    CHECK_FALSE(reads(bytes));
    CHECK_FALSE(reads("\"" + bytes + "\"", strictness::lenient));
  }
}

TEST_CASE("what breaks the grammar is refused") {
  for (const auto* text : {"",
                           " ",
                           "{",
                           "}",
                           "[",
                           "]",
                           "{}}",
                           "[]]",
                           "{} {}",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{,}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{\"a\" 1}",
                           "{a:1}",
                           "{'a':1}",
                           "{1:1}",
                           "01",
                           "-",
                           "+1",
                           ".5",
                           "1.",
                           "1e",
                           "1e+",
                           "0x10",
                           "NaN",
                           "Infinity",
                           "tru",
                           "truee",
                           "nul",
                           "\"",
                           "\"\\\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"a\nb\"",
                           "\"\t\"",
                           "// x\n1",
                           "[1]x",
                           "\xef\xbb\xbf{}",
                           "1 1"}) {
    INFO(text);
    CHECK_FALSE(reads(text));
  }
}

TEST_CASE("numbers of any size are read") {
  for (const auto* text : {"0", "-0", "123456789012345678901234567890", "1e999999", "-1.5E-10", "0.0", "10"})
    CHECK(reads(text));
  const auto whole = [](std::string_view text) {
    json::reader in{text};
    return in.unsigned_or_skip();
  };
  CHECK(whole("9223372036854775807") == 9223372036854775807U);
  CHECK_FALSE(whole("9223372036854775808"));
  CHECK_FALSE(whole("-1"));
  CHECK_FALSE(whole("1.0"));
  CHECK_FALSE(whole("\"1\""));
  CHECK_FALSE(whole("null"));
}

TEST_CASE("a value of another type than wanted is a fault that names both") {
  json::reader in{"[]"};
  CHECK_FALSE(in.enter_object());
  CHECK(in.failure()->message.starts_with("must be an object, found array"));
  json::reader text{"{\"a\":5}"};
  std::string_view name;
  text.enter_object();
  text.next_member(name);
  CHECK(text.string().empty());
  CHECK(text.failure()->pointer == "/a");
  CHECK(text.failure()->message.starts_with("must be a string, found number"));
}

TEST_CASE("after a fault nothing is read any more") {
  json::reader in{"[1,?,3]"};
  REQUIRE(in.enter_array());
  REQUIRE(in.next_element());
  in.skip();
  REQUIRE(in.next_element());
  in.skip();
  CHECK(in.failed());
  CHECK_FALSE(in.next_element());
  CHECK(in.peek() == json::type::none);
  CHECK(in.string().empty());
  CHECK_FALSE(in.boolean());
  CHECK_FALSE(in.finish());
  CHECK(in.failure()->offset == 3);
}

TEST_CASE("texts that were damaged at random are judged as another parser judges them") {
  const std::string original = R"({"a":[1,-2.5e+3,"x\"\u00e4\\n",true,null],"bé":{"c":"d€","e":[[],{}]},"f":"😀"})";
  std::mt19937 random{20261120};
  for (int round = 0; round < 20'000; ++round) {
    auto text = original;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const auto at = random() % text.size();
      switch (random() % 3) {
      case 0:
        text[at] = static_cast<char>(random() % 256);
        break;
      case 1:
        text.erase(at, 1 + random() % 3);
        break;
      default:
        text.insert(at, 1, "{}[],:\"\\01eE.-+ \n"[random() % 17]);
      }
    }
    INFO(text);
    // The other parser takes a NUL behind a document for its end.
    if (text.find('\0') == text.npos)
      CHECK(reads(text, strictness::lenient) == nlohmann::json::accept(text));
  }
}
