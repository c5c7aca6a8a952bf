#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A message as words, numbers and marks.
namespace troupe::actors::conversation {

enum class word_kind : std::uint8_t { word, number, mark };

/// `text` is in small letters, without apostrophes (`dont`), typographic marks made plain. Numbers keep `.` and `,`.
struct word {
  word_kind kind = word_kind::word;
  std::string text;
  std::size_t begin = 0; ///< bytes of the message
  std::size_t end = 0;
  bool glued = false;     ///< nothing stands between it and the one before
  std::size_t clause = 0; ///< parted by commas, stops and "but"

  bool is(std::string_view other) const {
    return kind != word_kind::number && text == other;
  }
};

using words = std::vector<word>;

/// A run of words: from `first` up to but without `last`.
struct run {
  std::size_t first = 0;
  std::size_t last = 0;

  std::size_t size() const {
    return last - first;
  }
};

words split(std::string_view message);

/// A phrase such as `not very active`, made ready for `match`.
using phrase = std::vector<std::string>;
phrase phrase_of(std::string_view text);

enum class likeness : std::uint8_t { none, misspelt, exact };

/// Whether `said` means `wanted`: in words of five letters or more, one letter may be wrong, missing, too many or
/// swapped with its neighbour, but not the first.
likeness compare(std::string_view said, std::string_view wanted);

/// Whether the phrase stands at `at`; `end` is then set behind it. Hyphens between words don't count.
likeness match(const words& in, std::size_t at, const phrase& wanted, std::size_t& end);

/// The longest of some phrases that stands exactly at `at`, or 0; the length in words with hyphens.
std::size_t match_any(const words& in, std::size_t at, const std::vector<phrase>& wanted);

/// Phrases that are parted by `|`.
std::vector<phrase> phrases_of_texts(std::string_view texts);

/// Whether what stands there is said not to be so: "not vegan", "no gym", "anything but keto", "gym isn't possible".
bool is_negated(const words& in, run what);

/// Where the clause that holds `at` begins.
std::size_t clause_begin(const words& in, std::size_t at);

} // namespace troupe::actors::conversation
