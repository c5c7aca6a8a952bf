#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/understanding_words.hpp"

/// Numbers in what people write: digits, words, fractions, ranges, with units.
namespace troupe::actors::conversation {

/// An amount as it was said: `3-4 times a week`, `5'10"`, `half an hour`.
struct quantity {
  double low = 0;
  double high = 0;
  std::string unit;     ///< the word as it was said (`lbs`); empty = none
  char period = 0;      ///< `d`ay, `w`eek, `m`onth or `y`ear that it is said to happen in
  double scale = 0;     ///< "8 out of 10" is 8 on a scale of 10
  bool negated = false; ///< "not 80"
  bool vague = false;   ///< "about 80"
  run where;

  double mean() const {
    return (low + high) / 2;
  }
};

/// All of a message, from left to right, none within another.
/// @param taken words that belong to something else, such as a date
std::vector<quantity> find_quantities(const words& in, const std::vector<bool>& taken);

/// A whole number at `at` in words or digits, 0 to 31: of a day, of a count. `end` is then set behind it.
std::optional<unsigned> small_number(const words& in, std::size_t at, std::size_t& end);

} // namespace troupe::actors::conversation
