#pragma once

#include <string>
#include <vector>

#include "actors/conversation/conversation_core.hpp"
#include "storage/conversations.hpp"

/// Conversations as JSON text. Any thread.
namespace troupe::actors::api::chat {

/// One line of a list: nothing that was said.
std::string summary_json(const storage::conversation_record& of);

/// The state as `STATE_SNAPSHOT` has it, and the last messages.
std::string conversation_json(const storage::conversation_record& of, const conversation::conversation_state& s);

/// The whole journal, event by event.
std::string export_json(const storage::conversation_record& of,
                        const std::vector<recorded<conversation::event>>& journal);

} // namespace troupe::actors::api::chat
