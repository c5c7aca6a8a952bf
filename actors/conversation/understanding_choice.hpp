#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "actors/conversation/understanding_words.hpp"
#include "config/agent.hpp"

/// Values of choices in what people write.
namespace troupe::actors::conversation {

/// A value of a field, as it was found in a message.
struct found_choice {
  std::size_t choice = 0; ///< in the field's choices
  run where;
  double confidence = 1;
  bool negated = false;
};

/// All values and synonyms in a message, from left to right, none within another; of several that begin at a place the
/// longest counts, and what may be misspelt from two values is none.
std::vector<found_choice> find_choices(const words& in, const config::agent_field& field);

/// "The second one", "option 2", "the last": one of `count` values by its place.
std::optional<found_choice> find_place(const words& in, std::size_t count);

/// "Which one: vegan or vegetarian?"
std::string which_one(const std::vector<found_choice>& found, const config::agent_field& field);

/// Whether words mean a value though it wasn't asked for: not "m", "some" or "a few years".
bool tells_by_itself(const words& in, run where);

/// Whether the field's values are days of the week, which are known in all their forms.
bool is_week(const config::agent_field& field);

} // namespace troupe::actors::conversation
