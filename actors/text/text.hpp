#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Text as it comes from outside: tickets, articles, models, desks. All functions take any bytes and cost linear time.
namespace troupe::actors {

/// A code point and how many bytes it takes. `size` is 0 where the bytes aren't UTF-8 (one byte is wrong).
struct code_point {
  char32_t value = 0;
  std::size_t size = 0;
};

/// Reads the code point at `at`, which must be inside of `text`. Overlong forms and surrogates aren't UTF-8.
code_point decode_utf8(std::string_view text, std::size_t at);

/// Controls, text direction overrides, zero-width and tag characters: what readers don't see and machines do.
bool is_invisible(char32_t c);

/// What `clean` did to a text.
struct cleaning {
  std::size_t invisible = 0; ///< characters dropped
  std::size_t not_utf8 = 0;  ///< bytes replaced
};

/// Drops invisible characters and replaces what isn't UTF-8 by U+FFFD. Line ends become `\n`, tabs a space.
std::string clean(std::string_view text);

/// The same; adds to `done` what had to be done.
std::string clean(std::string_view text, cleaning& done);

/// The same on one line: all white space in a row becomes one space, none at the ends.
std::string clean_line(std::string_view text);

/// The longest start of `text` of at most `limit` bytes that splits no character.
std::string_view cut_bytes(std::string_view text, std::size_t limit);

/// The same at the end of a word where there is one, with an ellipsis if something was cut off.
std::string shorten(std::string_view text, std::size_t limit);

/// Words as the strictest reader counts: each run without white space, Markdown's signs included, and each character of
/// scripts that are written without spaces.
std::size_t count_words(std::string_view text);

/// The start of `text` that has at most `limit` words.
std::string_view first_words(std::string_view text, std::size_t limit);

/// Sentences in order, without surrounding white space. Line ends end them too; abbreviations, version numbers and
/// addresses don't.
std::vector<std::string_view> sentences(std::string_view text);

constexpr bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A letter, a digit, or part of a character outside of ASCII.
constexpr bool is_word_byte(char c) {
  return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

/// An ASCII letter in lower case; any other byte as it is.
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string lower(std::string_view text);

/// Whether `text` starts with `start`, which is in lower case, in any case.
constexpr bool starts_like(std::string_view text, std::string_view start) {
  if (text.size() < start.size())
    return false;
  for (std::size_t i = 0; i < start.size(); ++i)
    if (lower(text[i]) != start[i])
      return false;
  return true;
}

std::string_view trim(std::string_view text);

/// Whether there is nothing in it but white space and characters that readers don't see.
bool says_nothing(std::string_view text);

} // namespace troupe::actors
