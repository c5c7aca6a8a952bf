#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "actors/conversation/conversation_core.hpp"

/// `CUSTOM` events for one client alone. They aren't part of the conversation, so they have no cursor.
namespace troupe::actors::api::chat {

/// @param client_id of the message that was refused; empty = none
/// @param wait until it may be tried again; none = not told
std::string frame_rejected(std::string_view code, std::string_view message, std::string_view client_id = {},
                           std::optional<std::chrono::nanoseconds> wait = std::nullopt);

/// A message that was taken before, with its reply once that stands.
std::string message_known(const conversation::conversation_state& s, std::string_view client_id);

/// @param name `token_expiring` or `token_expired`
std::string token_notice(std::string_view name, storage::timestamp expires);

/// The end of a run that can't be followed any more.
std::string run_lost(std::string_view code);

} // namespace troupe::actors::api::chat
