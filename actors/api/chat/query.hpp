#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "actors/api/chat/session.hpp"
#include "net/http/message.hpp"

/// What queries and headers of conversations' routes say. Any thread.
namespace troupe::actors::api::chat {

/// The agent that people talk to who name none.
inline constexpr std::string_view usual_agent = "chat";

/// `?agent=`, `?conversation=`, `?after=` or `Last-Event-ID`.
std::variant<followed, net::http::field_error> followed_of(const net::http::request& r);

/// Whether an id may be a conversation's: anything else is none's.
bool is_conversation_id(std::string_view text);

} // namespace troupe::actors::api::chat
