#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/conversation_core.hpp"

/// Where a conversation stands in the eyes of its agent.
namespace troupe::actors::conversation {

/// Fields of the step of which nothing is known, in the order to ask.
std::vector<const config::agent_field*> open_fields(const config::agent_step& step, const profile& known);

/// Those of them that are asked for without a model: what has no question is only taken when it is said.
std::vector<const config::agent_field*> fields_to_ask(const config::agent_step& step, const profile& known);

/// Everything is known that the step must know: its `complete_when`, or all of its fields when it names none. A field
/// that needn't be known may be skipped instead.
bool is_complete(const config::agent_step& step, const profile& known);

/// The step that follows and isn't complete, or nothing.
const config::agent_step* next_step(const config::agent_definition& agent, const config::agent_step& after,
                                    const std::vector<std::string>& completed);

/// A field as people call it: `weight` for `weight_kg`.
std::string label_of(const config::agent_field& field);

/// What is known, a line per step: `fitness assessment: age 34; weight 80 kg`. Empty = nothing.
/// @param but a step to leave out
std::string summary_of(const config::agent_definition& agent, const profile& known, std::string_view but = {});

/// What OA-1 and OA-2 tell.
struct progress {
  std::string agent_type;
  std::string agent_description;
  std::size_t current_step = 0; ///< 1 for the first; 0 = the agent has no steps
  bool step_complete = false;   ///< the last turn completed a step
  std::string next_action;      ///< `answer` (a field is open), `continue`, `done`, `wait` (a reply is being made)
  std::string context_summary;
};

/// @param steps_complete_before the turn that is told of
progress progress_of(const conversation_state& s, const config::agent_definition& agent,
                     std::size_t steps_complete_before);

/// What the agent said to a message of the user's, a hand-over's first words included; nothing while the reply is being
/// made, or when it is too old to be in memory.
std::optional<std::string> reply_to(const conversation_state& s, std::string_view message_id);

} // namespace troupe::actors::conversation
