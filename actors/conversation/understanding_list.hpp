#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/understanding_words.hpp"
#include "config/agent.hpp"

/// Lists in what people write.
namespace troupe::actors::conversation {

struct found_list {
  std::vector<std::string> elements;
  double confidence = 1;
  run where;
};

/// Values of a list that has choices. Ranges ("Monday to Friday") and groups ("weekdays") are meant with all they hold;
/// what is negated is left out ("every day except Sunday").
/// @param asked whether the list was asked for: only then "all" and "none" are about it
std::optional<found_list> find_list(const words& in, const config::agent_field& field, bool asked);

/// The elements of a list of any text: "my left knee and lower back" gives two. "None" and its like give an empty list.
/// @param longest bytes of an element; longer ones are cut
std::optional<found_list> split_list(std::string_view message, const words& in, std::size_t longest);

/// As a JSON array.
std::string list_json(const std::vector<std::string>& elements);

} // namespace troupe::actors::conversation
