#pragma once

#include <string_view>

namespace troupe::net::http {

constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Compares ASCII text without regard to case, as field names and most tokens of HTTP want it.
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i]))
      return false;
  return true;
}

constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

/// The media type of a Content-Type value: without its parameters.
constexpr std::string_view media_type(std::string_view value) noexcept {
  return trim(value.substr(0, value.find(';')));
}

/// Whether a value can stand in a header field: no control characters but tab.
constexpr bool is_field_value(std::string_view value) noexcept {
  for (char c : value)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f)
      return false;
  return true;
}

/// Whether text is a token of HTTP, as a field name and a method are.
constexpr bool is_token(std::string_view text) noexcept {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  for (char c : text)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.find(c) != others.npos))
      return false;
  return !text.empty();
}

} // namespace troupe::net::http
