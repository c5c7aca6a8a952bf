#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "storage/text/tokens.hpp"

namespace troupe::actors::search {

/// A word of a new ticket, worth asking the index for.
struct query_word {
  std::string text; ///< as it stands in the ticket; what the index is asked for
  std::string stem; ///< what it has in common with its other forms
  storage::text::token_kind kind = storage::text::token_kind::word;
  double weight = 0; ///< by place and kind of word; how rare it is isn't in it
};

/// Words of a ticket that count, at most `limit` distinct ones, in order of appearance. Left out are empty words, small
/// numbers and what follows `Kind regards,`; words of the subject weigh more, codes and units too, words that nearly
/// every ticket has weigh less.
std::vector<query_word> words_of(std::string_view subject, std::string_view description, std::size_t limit = 64);

} // namespace troupe::actors::search
