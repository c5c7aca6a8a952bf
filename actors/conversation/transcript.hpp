#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/conversation_core.hpp"

/// A talk that somebody else keeps, told as a whole. Pure functions; any thread.
namespace troupe::actors::conversation {

/// Something said.
struct transcript_line {
  speaker by = speaker::user;
  std::string text; ///< not empty
};

/// User and agent in turns, what one of them says in a row being one line. Empty lines are left out.
std::vector<transcript_line> in_turns(std::vector<transcript_line> lines);

/// The conversation as it would stand after `lines`, which are in turns and end with the agent or are empty: answers
/// are understood without a model, the agent's words are those of the transcript.
/// @param with its agents, understanding and checks
conversation_state fold(const std::vector<transcript_line>& lines, const config::agent_definition& agent,
                        const conversation_settings& with, const context& world);

/// A field of one of the agent's steps.
struct asked_field {
  const config::agent_step* step = nullptr; ///< null = none
  const config::agent_field* field = nullptr;
};

/// What a text of the agent's asks for last: a field's question stands in it, or the name of one.
asked_field find_asked(std::string_view text, const config::agent_definition& agent);

/// What the user's lines tell of all of the agent's steps, without a model. An answer belongs to the question before
/// it; where that can't be told, to the first field that is open.
profile profile_of(const std::vector<transcript_line>& lines, const config::agent_definition& agent,
                   const understand_message& understand, timestamp now);

} // namespace troupe::actors::conversation
