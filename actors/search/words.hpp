#pragma once

#include <span>
#include <string>
#include <string_view>

namespace troupe::actors::search {

/// How much a word tells about what a ticket is about, whoever wrote it. Words are stems as `storage::text` gives them.
enum class word_class : unsigned char {
  /// Worth asking for.
  telling,
  /// Part of nearly every ticket, yet part of some problems' names: `error`, `restart`, `work`.
  weak,
  /// Articles, pronouns, question words, greetings, thanks, times of day.
  empty,
};

struct word_traits {
  word_class what = word_class::telling;
  /// Begins the closing lines of a message: `regards`, `thanks`, `sincerely`.
  bool begins_closing = false;
  /// A number after it is a code: `error 809`, `event 4740`.
  bool announces_code = false;
};

word_traits traits_of(std::string_view stem);

/// What people also say for a word, as text to search for: `wifi` for `wlan`. Empty for most words.
std::span<const std::string> also_called(std::string_view stem);

} // namespace troupe::actors::search
