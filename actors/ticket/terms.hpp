#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/text/text.hpp"

/// Words that carry a text's subject, for telling how much two texts have in common.
namespace troupe::actors::ticket {

/// A word's number: the same for its common endings and in any case. 0 for words that carry nothing.
std::uint32_t term_of(std::string_view word);

/// Calls `visit(term, word)` for each word of the text that carries something, until it answers false.
template <class Visit>
void each_term(std::string_view text, Visit visit) {
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word_byte(text[i])) {
      ++i;
      continue;
    }
    auto end = i + 1;
    while (end < text.size() && is_word_byte(text[end]))
      ++end;
    const auto word = text.substr(i, end - i);
    if (const auto term = term_of(word); term != 0 && !visit(term, word))
      return;
    i = end;
  }
}

/// A set of terms of fixed size: what goes beyond it is left out.
class term_set {
public:
  void add(std::string_view text);

  /// False when it was there already or there is no room.
  bool insert(std::uint32_t term);

  bool contains(std::uint32_t term) const;

  std::size_t size() const noexcept {
    return size_;
  }

private:
  static constexpr std::size_t slots = 512;
  static constexpr std::size_t limit = 384;

  std::array<std::uint32_t, slots> slots_{};
  std::size_t size_ = 0;
};

/// The different terms of a short text, sorted.
std::vector<std::uint32_t> terms_in(std::string_view text);

/// How many of these `known` has.
std::size_t count_known(const term_set& known, const std::vector<std::uint32_t>& terms);

} // namespace troupe::actors::ticket
