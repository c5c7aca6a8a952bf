#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace troupe::net::json {

/// Whether a byte of a string needs a closer look: quotation mark, backslash, control character, or not ASCII.
constexpr bool is_special(unsigned char c) noexcept {
  return c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
}

/// Sets the high bit of each special byte in eight. Bytes above the first one found may be set wrongly.
constexpr std::uint64_t special_bytes(std::uint64_t word) noexcept {
  const auto each = [](std::uint64_t byte) { return byte * 0x0101010101010101ULL; };
  const auto zero_where = [each](std::uint64_t x) { return (x - each(1)) & ~x; };
  const auto quotes = zero_where(word ^ each('"'));
  const auto backslashes = zero_where(word ^ each('\\'));
  const auto controls = (word - each(0x20)) & ~word;
  return (quotes | backslashes | controls | word) & each(0x80);
}

/// The first special byte from `at` on, or `end`.
inline const char* skip_plain(const char* at, const char* end) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    while (end - at >= 8) {
      std::uint64_t word;
      std::memcpy(&word, at, sizeof word);
      if (const auto found = special_bytes(word))
        return at + std::countr_zero(found) / 8;
      at += 8;
    }
  }
  while (at != end && !is_special(static_cast<unsigned char>(*at)))
    ++at;
  return at;
}

} // namespace troupe::net::json
