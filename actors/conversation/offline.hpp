#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/conversation_core.hpp"

/// The agent without a model: asks its questions in order and understands answers by their type.
namespace troupe::actors::conversation {

struct composed {
  std::string text;
  std::string asked; ///< field that the text asks for; empty = none
  std::vector<field_change> changes;
};

/// The answer to the last message of the user. Answers are read, requests to skip a field, to put an earlier one right
/// or to tell what is known are met, what isn't understood is asked again in other words. Where the step's last field
/// becomes known nothing is asked: the next step's opening follows.
/// @param step the current one, or null where the agent has none
composed compose_reply(const conversation_state& s, const config::agent_definition& agent,
                       const config::agent_step* step, const understand_message& understand, timestamp now);

/// What a step's specialist says first, after `before`.
/// @param asking with its first question, which a model would ask in its own words
composed compose_opening(const config::agent_step& step, const profile& known, std::string_view before, bool asking);

/// The last words, with what is known.
std::string compose_closing(const config::agent_definition& agent, const profile& known);

} // namespace troupe::actors::conversation
