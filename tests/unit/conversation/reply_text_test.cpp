#include "actors/conversation/reply_text.hpp"

#include <random>

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors::conversation;

namespace {

std::string streamed(const std::string& reply, std::size_t step, std::string* fields = nullptr) {
  reply_filter filter;
  std::string out;
  for (std::size_t at = 0; at < reply.size(); at += step)
    out += filter.push(reply.substr(at, step));
  out += filter.finish();
  if (fields)
    *fields = filter.fields();
  return out;
}

} // namespace

TEST_CASE("a reply's words are shown and its fields are not") {
  const auto parts = take_apart("Nice, 34!\n\n<fields>{\"values\": {\"age\": 34}}</fields>\n");
  CHECK(parts.text == "Nice, 34!");
  CHECK(parts.fields == "{\"values\": {\"age\": 34}}");
}

TEST_CASE("a reply without fields is shown whole") {
  CHECK(take_apart("  3 < 4 and <b>bold</b> \n").text == "3 < 4 and <b>bold</b>");
  CHECK(take_apart("almost <field").text == "almost <field");
  CHECK(take_apart("").text.empty());
}

TEST_CASE("fields that come first, in other letters, or without an end are still hidden") {
  CHECK(take_apart("<FIELDS>{}</Fields> Hello").text == "Hello");
  CHECK(take_apart("Hello <fields>{\"a\": 1").text == "Hello");
  CHECK(take_apart("Hello <fields>{\"a\": 1").fields == "{\"a\": 1");
  CHECK(take_apart("a<fields>1</fields> b <fields>2</fields> c").text == "a b  c");
  CHECK(take_apart("a<fields>1</fields> b <fields>2</fields> c").fields == "1");
}

TEST_CASE("the first words are shown before the reply is whole") {
  reply_filter filter;
  CHECK(filter.push("Hel") == "Hel");
  CHECK(filter.push("lo ") == "lo");
  CHECK(filter.push("you <fie") == " you");
  CHECK(filter.push("ld") == "");
  CHECK(filter.push(" mice") == " <field mice");
}

TEST_CASE("no character is shown by halves") {
  reply_filter filter;
  CHECK(filter.push("\xF0\x9F") == "");
  CHECK(filter.push("\x8F\x8B!") == "\xF0\x9F\x8F\x8B!");
  CHECK(filter.push("\xC3") == "");
  CHECK(filter.finish() == "\xC3");
}

TEST_CASE("however a reply is cut, what is shown makes the same whole") {
  std::mt19937 random{7};
  const std::string pieces[] = {"<fields>", "</fields>", "<",         "fi", "elds>",   " ",
                                "\n",       "word",      "{\"a\":1}", "</", "\xC3\xA4"};
  for (int round = 0; round < 2'000; ++round) {
    std::string reply;
    for (auto n = random() % 10; n > 0; --n)
      reply += pieces[random() % std::size(pieces)];
    const auto whole = take_apart(reply);
    for (const std::size_t step : {1U, 2U, 3U, 7U}) {
      std::string fields;
      INFO(reply);
      CHECK(streamed(reply, step, &fields) == whole.text);
    }
  }
}
