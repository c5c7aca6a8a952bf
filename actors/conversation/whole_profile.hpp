#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/transcript.hpp"

/// A profile that a model finds in a transcript at once: `{"<step>": …}`, each with what `extraction.hpp` judges. Pure
/// functions; any thread.
namespace troupe::actors::conversation {

/// @param wrong what the model said before; empty = nothing
/// @param faults of it
std::vector<net::llm::message> profile_prompt(const std::vector<transcript_line>& lines,
                                              const config::agent_definition& agent, std::string_view wrong,
                                              const std::vector<std::string>& faults);

/// JSON Schema of the answer.
std::string profile_schema(const config::agent_definition& agent);

/// Adds what is valid of a model's answer to `known`.
/// @return what is wrong with it, a line each; none = nothing
std::vector<std::string> judge_profile(std::string_view answer, profile& known, const config::agent_definition& agent,
                                       const check_values& check);

/// Places in the profile that must be known and aren't: `/<step>/<field>`, in the order to ask.
std::vector<std::string> missing_in(const profile& known, const config::agent_definition& agent);

} // namespace troupe::actors::conversation
