#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/understanding_words.hpp"

/// Days in what people write.
namespace troupe::actors::conversation {

/// A day as it was said. Without `day` it can't be taken: `fault` says why.
struct said_date {
  std::optional<std::chrono::year_month_day> day;
  std::string fault;      ///< a sentence for the user
  bool ambiguous = false; ///< the fault: day and month may be swapped
  double confidence = 1;
  run where;
};

/// All of a message, from left to right: `1990-03-04`, `4 March 1990`, `March 4th`, `04.03.1990`, `3/4/1990` as the
/// language reads it, `tomorrow`, `next Monday`, `in two weeks`, `the 15th`. Without a year the next such day is meant.
std::vector<said_date> find_dates(const words& in, std::chrono::sys_days today, std::string_view language);

/// `1990-03-04`
std::string iso_date(std::chrono::year_month_day day);

/// 0 = Sunday … 6, or nothing; plurals and the usual short forms count.
std::optional<unsigned> weekday_of(std::string_view word);

} // namespace troupe::actors::conversation
