#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "actors/conversation/understanding_number.hpp"
#include "config/agent.hpp"

/// Whether what was said can be a value of a field.
namespace troupe::actors::conversation {

/// A quantity as a value of a field.
struct fitted {
  double value = 0; ///< in the field's unit
  double confidence = 1;
  bool by_unit = false; ///< it has a unit, and of the field's kind
  bool in_range = true;
};

/// Nothing when it is something else, such as a weight where a length is wanted.
std::optional<fitted> fit(const quantity& said, const config::agent_field& field, std::chrono::sys_days today);

/// As JSON.
std::string number_json(const config::agent_field& field, double value);

/// "It should be from 30 to 300 kg; I understood 500 kg."
std::string range_message(const config::agent_field& field, double value);

bool is_number(const config::agent_field& field);

/// A value as people say it: `lose weight`.
std::string spoken_value(std::string_view value);

/// The words of a field's name that tell it from others.
phrase keywords_of(const config::agent_field& field);

/// How many of them stand there; 0 unless all do. "weigh" is as good as "weight".
std::size_t named_by(const words& in, run where, const phrase& keywords);

} // namespace troupe::actors::conversation
