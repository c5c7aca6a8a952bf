#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors::search {

/// What it proves that a document has a word of the ticket.
enum class proof : unsigned char {
  /// Nothing: the word is weak, a small part of something or a bare number.
  none,
  /// Together with another one, that both are about one thing.
  shared,
  /// The same by itself: an error's code, an address, a host's name.
  alone,
};

/// A word of a new ticket, worth asking the index for.
struct query_word {
  std::string text;  ///< as it stands in the ticket; what the index is asked for
  std::string stem;  ///< what it has in common with its other forms
  double weight = 0; ///< by place and kind of word; how rare it is isn't in it
  search::proof proof = search::proof::shared;
};

/// Words of a ticket that count, at most `limit` distinct ones, in order of appearance. Left out are empty words, small
/// numbers and what follows `Kind regards,`; words of the subject weigh more, codes and units too, words that nearly
/// every ticket has weigh less.
std::vector<query_word> words_of(std::string_view subject, std::string_view description, std::size_t limit = 64);

} // namespace troupe::actors::search
