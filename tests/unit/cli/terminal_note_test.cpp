#include "actors/cli/terminal_note.hpp"

#include <catch2/catch_test_macros.hpp>

using troupe::actors::cli::for_reading;

TEST_CASE("headings and bold words lose their marks, or get the terminal's") {
  CHECK(for_reading("## Similar Tickets\n\n**T-1** was alike\n", 80, false) == "Similar Tickets\n\nT-1 was alike\n");
  CHECK(for_reading("## A\n**b** c", 80, true) == "\x1b[1mA\x1b[0m\n\x1b[1mb\x1b[0m c\n");
}

TEST_CASE("bold that doesn't end ends with its line") {
  CHECK(for_reading("**b", 80, true) == "\x1b[1mb\x1b[0m\n");
}

TEST_CASE("lines break between words, and list items hang") {
  CHECK(for_reading("one two three four", 10, false) == "one two\nthree four\n");
  CHECK(for_reading("- one two three", 10, false) == "- one two\n  three\n");
  CHECK(for_reading("12. one two three", 11, false) == "12. one two\n    three\n");
  CHECK(for_reading("Grüße Grüße", 11, false) == "Grüße Grüße\n");
}

TEST_CASE("a word that is too long stays whole") {
  CHECK(for_reading("a https://example.com/very/long b", 10, false) == "a\nhttps://example.com/very/long\nb\n");
}

TEST_CASE("links show their address, and escapes what they keep") {
  CHECK(for_reading("- [Reset it](https://kb.example.com/r): how", 80, false)
        == "- Reset it (https://kb.example.com/r): how\n");
  CHECK(for_reading("[no link] and [half](x", 80, false) == "[no link] and [half](x\n");
  CHECK(for_reading("a\\_b C:\\Windows \\[x\\]", 80, false) == "a_b C:\\Windows [x]\n");
}

TEST_CASE("a note can't steer the terminal") {
  CHECK(for_reading("a\x1b]0;title\x07", 80, true) == "a?]0;title?\n");
}
