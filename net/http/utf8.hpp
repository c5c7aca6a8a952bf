#pragma once

#include <cstddef>
#include <string_view>

namespace troupe::net::http {

/// Length of the UTF-8 sequence that begins at `at`, 1 to 4; 0 when none does (overlong forms, surrogates and what is
/// beyond U+10FFFF are none).
inline std::size_t utf8_length(std::string_view text, std::size_t at) noexcept {
  auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U; };
  auto follows = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  auto first = byte(0);
  if (first < 0x80)
    return 1;
  if (first >= 0xc2 && first <= 0xdf)
    return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    bool fits = (first != 0xe0 || byte(1) >= 0xa0) && (first != 0xed || byte(1) < 0xa0);
    return fits && follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    bool fits = (first != 0xf0 || byte(1) >= 0x90) && (first != 0xf4 || byte(1) < 0x90);
    return fits && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

inline bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    auto length = utf8_length(text, i);
    if (length == 0)
      return false;
    i += length;
  }
  return true;
}

} // namespace troupe::net::http
