#include "actors/text/text.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors;

namespace {

using views = std::vector<std::string_view>;

} // namespace

TEST_CASE("UTF-8 is decoded strictly") {
  CHECK(decode_utf8("a", 0).value == 'a');
  CHECK(decode_utf8("ä", 0).value == 0xE4);
  CHECK(decode_utf8("€", 0).size == 3);
  CHECK(decode_utf8("😀", 0).value == 0x1F600);
  for (const std::string_view wrong : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                                       "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xFF"})
    CHECK(decode_utf8(wrong, 0).size == 0);
}

TEST_CASE("what readers don't see is taken out") {
  CHECK(clean("a\x01\x02"
              "b\x7F"
              "c")
        == "abc");
  CHECK(clean("pay\u202Eexe.doc\u202C") == "payexe.doc");
  CHECK(clean("ze\u200Bro\uFEFF\u2060\u00AD") == "zero");
  CHECK(clean("tag\U000E0041\U000E0042ged") == "tagged");
  CHECK(clean("a\r\nb\rc\u2028d\u0085e\ff") == "a\nb\nc\nd\ne\nf");
  CHECK(clean("a\tb") == "a b");
  CHECK(clean("x\xFFy") == "x\uFFFDy");
  CHECK(clean("Grüße 日本 😀") == "Grüße 日本 😀");
  CHECK(clean("").empty());
}

TEST_CASE("a line has single spaces and no ends") {
  CHECK(clean_line("  a \n\n b\t\tc  ") == "a b c");
  CHECK(clean_line("\n \t").empty());
}

TEST_CASE("white space and what readers don't see say nothing") {
  for (const auto* text : {"", " \t\r\n", "\u00A0", "\u3000\u2009\u2028", "\u200B\u200C\u200D\u2060\uFEFF",
                           "\u00AD\u200E", "\u2800", "\u3164", "\uFE0F"}) {
    CAPTURE(text);
    CHECK(says_nothing(text));
  }
  for (const auto* text : {".", "\u00A0a\u00A0", "日", "😀", "\xFF", "👩\u200D🚀"}) {
    CAPTURE(text);
    CHECK_FALSE(says_nothing(text));
  }
}

TEST_CASE("cutting splits no character") {
  CHECK(cut_bytes("aä", 2) == "a");
  CHECK(cut_bytes("aä", 3) == "aä");
  CHECK(cut_bytes("😀", 3).empty());
  CHECK(cut_bytes("abc", 0).empty());
}

TEST_CASE("shortened text ends with a whole word and an ellipsis") {
  CHECK(shorten("short", 10) == "short");
  CHECK(shorten("one two three", 11) == "one two…");
  CHECK(shorten(std::string(50, 'x'), 10) == "xxxxxxx…");
  CHECK(shorten("abcdef", 3).empty());
  for (std::size_t limit = 0; limit < 40; ++limit)
    CHECK(shorten("日本語のテキスト、😀 and some more", limit).size() <= limit);
}

TEST_CASE("words are counted as the strictest reader does") {
  CHECK(count_words("") == 0);
  CHECK(count_words(" \n\t ") == 0);
  CHECK(count_words("one two") == 2);
  CHECK(count_words("## Similar Tickets") == 3);
  CHECK(count_words("- item, with comma") == 4);
  CHECK(count_words("one\u00A0two\u2003three\u3000four") == 4);
  CHECK(count_words("Grüße aus München") == 3);
  CHECK(count_words("日本語") == 3);
  CHECK(count_words("reset 密码 now") == 4);
  CHECK(count_words("\xFF\xFE") == 1);
}

TEST_CASE("the first words are a prefix") {
  CHECK(first_words("one two three", 2) == "one two");
  CHECK(first_words("one two", 5) == "one two");
  CHECK(first_words("one", 0).empty());
  CHECK(count_words(first_words("日本語のテキスト", 3)) == 3);
}

TEST_CASE("sentences end where readers end them") {
  CHECK(sentences("One. Two! Three? Four") == views{"One.", "Two!", "Three?", "Four"});
  CHECK(sentences("Line one\nline two\n\n") == views{"Line one", "line two"});
  CHECK(sentences("He said \"stop.\" Then left.") == views{"He said \"stop.\"", "Then left."});
  CHECK(sentences("Wait... what?!") == views{"Wait...", "what?!"});
  CHECK(sentences("再起動した。直った！") == views{"再起動した。", "直った！"});
  CHECK(sentences("").empty());
  CHECK(sentences("  \n ").empty());
}

TEST_CASE("abbreviations, versions and addresses end no sentence") {
  CHECK(sentences("Use e.g. version 7.2 on 10.1.2.3 now. Done.")
        == views{"Use e.g. version 7.2 on 10.1.2.3 now.", "Done."});
  CHECK(sentences("Ask Dr. A. Smith.") == views{"Ask Dr. A. Smith."});
  CHECK(sentences("1. Restart it. 2. Wait.") == views{"1. Restart it.", "2. Wait."});
}
