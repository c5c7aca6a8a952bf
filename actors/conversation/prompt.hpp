#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/conversation_core.hpp"

/// What a model is asked.
namespace troupe::actors::conversation {

/// For a reply to the last message: the agent's persona, and its specialist's; the step's goal, what is known and what
/// is open, what earlier steps found out, how to say what was extracted; then the last messages, at most the agent's
/// window.
/// @param step the current one, or null where the agent has none
std::vector<net::llm::message> reply_prompt(const conversation_state& s, const config::agent_definition& agent,
                                            const config::agent_step* step);

/// For the fields of the last exchange as JSON alone.
/// @param wrong what was said of the fields before; empty = nothing
/// @param faults of it
std::vector<net::llm::message> fields_prompt(const conversation_state& s, const config::agent_definition& agent,
                                             const config::agent_step& step, std::string_view wrong,
                                             const std::vector<std::string>& faults);

/// How to say what was extracted: values, confidence, corrected, skipped.
extern const std::string_view what_to_extract;

/// A field with its kind and bounds, as a line of a prompt.
void describe(std::string& out, const config::agent_field& field);

/// Adds to a model's task what was wrong with its last answer.
void append_faults(std::string& demand, std::string_view wrong, const std::vector<std::string>& faults);

} // namespace troupe::actors::conversation
