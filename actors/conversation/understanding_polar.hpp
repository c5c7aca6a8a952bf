#pragma once

#include <optional>

#include "actors/conversation/understanding_words.hpp"

/// Yes, no and neither in what people write.
namespace troupe::actors::conversation {

struct yes_or_no {
  std::optional<bool> answer; ///< none = both ("yes and no")
  double confidence = 1;
  run where;
};

/// What a message that answers with yes or no says, hedges included; nothing if it does neither.
std::optional<yes_or_no> find_yes_or_no(const words& in);

/// Whether the message says that there is none of what was asked for.
bool says_none(const words& in);

/// "I'd rather not say", "skip", "no idea".
bool says_nothing(const words& in);

/// "actually", "no, …", "I meant …": the message puts something right.
bool has_turn(const words& in);

} // namespace troupe::actors::conversation
