#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace troupe::net::websocket {

/// Validates UTF-8 that comes in pieces, which may end inside a sequence. A fault is found with the first byte that
/// can't belong to well-formed text (no overlong forms, no surrogates, nothing above U+10FFFF).
class utf8_stream {
public:
  /// False when the text so far can't be the beginning of well-formed text.
  bool put(std::string_view text) noexcept {
    const char* at = text.data();
    const char* end = at + text.size();
    while (at != end) {
      if (missing_ > 0) {
        const auto byte = static_cast<unsigned char>(*at++);
        if (byte < least_ || byte > most_)
          return false;
        expect(static_cast<std::uint8_t>(missing_ - 1));
      } else if (at = skip_ascii(at, end); at != end && !begin(static_cast<unsigned char>(*at++))) {
        return false;
      }
    }
    return true;
  }

  /// Whether the text may end here.
  bool is_complete() const noexcept {
    return missing_ == 0;
  }

private:
  static const char* skip_ascii(const char* at, const char* end) noexcept {
    for (; end - at >= 8; at += 8) {
      std::uint64_t word;
      std::memcpy(&word, at, 8);
      if (word & 0x8080808080808080U)
        break;
    }
    while (at != end && static_cast<unsigned char>(*at) < 0x80)
      ++at;
    return at;
  }

  bool begin(unsigned char lead) noexcept {
    if (lead < 0xc2 || lead > 0xf4)
      return false;
    expect(lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3);
    if (lead == 0xe0)
      least_ = 0xa0;
    else if (lead == 0xed)
      most_ = 0x9f;
    else if (lead == 0xf0)
      least_ = 0x90;
    else if (lead == 0xf4)
      most_ = 0x8f;
    return true;
  }

  void expect(std::uint8_t missing) noexcept {
    missing_ = missing;
    least_ = 0x80;
    most_ = 0xbf;
  }

  std::uint8_t missing_ = 0; ///< bytes of the sequence begun
  std::uint8_t least_ = 0x80;
  std::uint8_t most_ = 0xbf;
};

} // namespace troupe::net::websocket
