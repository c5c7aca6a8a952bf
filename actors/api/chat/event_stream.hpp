#pragma once

#include <memory>
#include <optional>
#include <string>

#include "actors/api/auth.hpp"
#include "actors/api/chat/session.hpp"

namespace troupe::actors::api::chat {

/// `GET /api/v1/conversations/{id}/events`: what happens in a conversation of the user's, as Server-Sent Events. Each
/// event's id is its cursor; a client that comes again names the last one as `Last-Event-ID` (or `?after=`). Ends when
/// the token expires or the conversation is over.
user_handler follow_events(std::shared_ptr<const session_services> with);

} // namespace troupe::actors::api::chat
