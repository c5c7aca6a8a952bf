#pragma once

#include <cstddef>
#include <string_view>

namespace troupe::config {

/// Bytes of the well-formed UTF-8 sequence that begins at `at`, or 0 where none does: no overlong forms, no surrogates,
/// nothing above U+10FFFF.
inline std::size_t sequence_length(const char* at, const char* end) noexcept {
  const auto byte = [at](int i) { return static_cast<unsigned char>(at[i]); };
  const auto tail = [&](int i) { return (byte(i) & 0xc0) == 0x80; };
  const auto left = end - at;
  if (left <= 0)
    return 0;
  const auto lead = byte(0);
  if (lead < 0x80)
    return 1;
  if (lead >= 0xc2 && lead <= 0xdf)
    return left >= 2 && tail(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (left < 3 || !tail(1) || !tail(2) || (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f))
      return 0;
    return 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (left < 4 || !tail(1) || !tail(2) || !tail(3) || (lead == 0xf0 && byte(1) < 0x90)
        || (lead == 0xf4 && byte(1) > 0x8f))
      return 0;
    return 4;
  }
  return 0;
}

inline bool is_utf8(std::string_view text) noexcept {
  const auto* at = text.data();
  const auto* end = at + text.size();
  while (at != end) {
    const auto length = sequence_length(at, end);
    if (length == 0)
      return false;
    at += length;
  }
  return true;
}

} // namespace troupe::config
