#include "storage/text/letters.hpp"

#include <array>
#include <cstddef>

namespace troupe::storage::text {

namespace {

/// Latin letters from U+00C0 on, folded; `*` stands for what isn't a letter, capitals for two letters each.
constexpr std::string_view latin_supplement = "aaaaaaAceeeeiiii"  // C0
                                              "dnooooo*ouuuuyTS"  // D0
                                              "aaaaaaAceeeeiiii"  // E0
                                              "dnooooo*ouuuuyTy"; // F0
constexpr std::string_view latin_extended = "aaaaaaccccccccdd"    // 100
                                            "ddeeeeeeeeeegggg"    // 110
                                            "gggghhhhiiiiiiii"    // 120
                                            "iiIIjjkkklllllll"    // 130
                                            "lllnnnnnnnnnoooo"    // 140
                                            "ooOOrrrrrrssssss"    // 150
                                            "ssttttttuuuuuuuu"    // 160
                                            "uuuuwwyyyzzzzzzs";   // 170

struct pair_of_letters {
  char sign;
  std::string_view letters;
};

constexpr std::array<pair_of_letters, 5> pairs{{{'A', "ae"}, {'T', "th"}, {'S', "ss"}, {'I', "ij"}, {'O', "oe"}}};

std::uint32_t decode(std::string_view text, std::size_t at, std::uint8_t& length) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto tail = [&](std::size_t i) { return at + i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const auto lead = byte(0);
  if (lead >= 0xC2 && lead <= 0xDF && tail(1)) {
    length = 2;
    return (lead & 0x1Fu) << 6 | (byte(1) & 0x3Fu);
  }
  if (lead >= 0xE0 && lead <= 0xEF && tail(1) && tail(2)) {
    length = 3;
    return (lead & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
  }
  if (lead >= 0xF0 && lead <= 0xF4 && tail(1) && tail(2) && tail(3)) {
    length = 4;
    return (lead & 0x07u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 | (byte(3) & 0x3Fu);
  }
  length = 1;
  return 0;
}

struct range {
  std::uint32_t first;
  std::uint32_t last;
};

template <std::size_t N>
bool within(std::uint32_t code, const std::array<range, N>& ranges) noexcept {
  for (const auto& [first, last] : ranges) {
    if (code >= first && code <= last)
      return true;
  }
  return false;
}

constexpr std::array<range, 5> marks{
    {{0x00AD, 0x00AD}, {0x0300, 0x036F}, {0x200B, 0x200D}, {0x2060, 0x2060}, {0xFE00, 0xFE0F}}};

/// Punctuation, symbols, private use.
constexpr std::array<range, 10> separators{{{0x0080, 0x00A9},
                                            {0x00AB, 0x00B4},
                                            {0x00B6, 0x00B9},
                                            {0x00BB, 0x00BF},
                                            {0x2000, 0x2BFF},
                                            {0x3000, 0x303F},
                                            {0xD800, 0xF8FF},
                                            {0xFE10, 0xFE6F},
                                            {0xFFE0, 0xFFFF},
                                            {0x1F000, 0x1FAFF}}};

constexpr std::array<range, 4> ideographs{{{0x3040, 0x30FF}, {0x3400, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF}}};

letter ascii(char c, std::uint8_t length) noexcept {
  letter result;
  result.length = length;
  result.size = 1;
  result.folded[0] = c;
  if (c >= 'a' && c <= 'z') {
    result.kind = letter_kind::letter;
  } else if (c >= 'A' && c <= 'Z') {
    result.kind = letter_kind::capital;
    result.folded[0] = static_cast<char>(c - 'A' + 'a');
  } else if (c >= '0' && c <= '9') {
    result.kind = letter_kind::digit;
  }
  return result;
}

letter latin(char sign, std::uint8_t length) noexcept {
  letter result;
  result.length = length;
  if (sign == '*')
    return result;
  result.kind = letter_kind::letter;
  result.size = 1;
  result.folded[0] = sign;
  for (const auto& pair : pairs) {
    if (pair.sign == sign) {
      result.size = 2;
      result.folded[0] = pair.letters[0];
      result.folded[1] = pair.letters[1];
    }
  }
  return result;
}

/// Greek and Cyrillic have their small letters at a fixed distance.
std::uint32_t lower(std::uint32_t code) noexcept {
  if ((code >= 0x0391 && code <= 0x03A9) || (code >= 0x0410 && code <= 0x042F))
    return code + 0x20;
  if (code >= 0x0400 && code <= 0x040F)
    return code + 0x50;
  return code;
}

} // namespace

letter read_letter(std::string_view text, std::size_t at) noexcept {
  if (static_cast<unsigned char>(text[at]) < 0x80)
    return ascii(text[at], 1);
  letter result;
  const auto code = decode(text, at, result.length);
  if (code == 0)
    return result;
  if (code >= 0xC0 && code <= 0xFF)
    return latin(latin_supplement[code - 0xC0], result.length);
  if (code >= 0x100 && code <= 0x17F)
    return latin(latin_extended[code - 0x100], result.length);
  if (code >= 0xFF01 && code <= 0xFF5E) // full width
    return ascii(static_cast<char>(code - 0xFEE0), result.length);
  if (within(code, marks)) {
    result.kind = letter_kind::mark;
    return result;
  }
  if (within(code, separators))
    return result;
  result.kind = within(code, ideographs) ? letter_kind::ideograph : letter_kind::letter;
  const auto small = lower(code);
  if (small < 0x800) {
    result.size = 2;
    result.folded[0] = static_cast<char>(0xC0 | small >> 6);
    result.folded[1] = static_cast<char>(0x80 | (small & 0x3F));
  } else if (small < 0x10000) {
    result.size = 3;
    result.folded[0] = static_cast<char>(0xE0 | small >> 12);
    result.folded[1] = static_cast<char>(0x80 | (small >> 6 & 0x3F));
    result.folded[2] = static_cast<char>(0x80 | (small & 0x3F));
  } else {
    result.size = 4;
    result.folded[0] = static_cast<char>(0xF0 | small >> 18);
    result.folded[1] = static_cast<char>(0x80 | (small >> 12 & 0x3F));
    result.folded[2] = static_cast<char>(0x80 | (small >> 6 & 0x3F));
    result.folded[3] = static_cast<char>(0x80 | (small & 0x3F));
  }
  return result;
}

} // namespace troupe::storage::text
