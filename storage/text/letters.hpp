#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::storage::text {

enum class letter_kind : std::uint8_t {
  /// Separates words.
  none,
  /// Belongs to the letter before: an accent of its own, a joiner of no width.
  mark,
  letter,
  capital,
  digit,
  /// A word of its own: Chinese and Japanese are written without blanks.
  ideograph,
};

/// A character as search sees it.
struct letter {
  letter_kind kind = letter_kind::none;
  std::uint8_t length = 1; ///< bytes in the text
  std::uint8_t size = 0;   ///< bytes of `folded`
  char folded[4] = {};     ///< lower case, without accent
};

/// Reads the character that begins at `at`, which must be inside `text`.
letter read_letter(std::string_view text, std::size_t at) noexcept;

} // namespace troupe::storage::text
