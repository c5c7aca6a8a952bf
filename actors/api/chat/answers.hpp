#pragma once

#include <string_view>

#include "actors/conversation/live/port.hpp"
#include "net/http/message.hpp"

/// The answers of routes about conversations that didn't go well. Any thread.
namespace troupe::actors::api::chat {

net::http::response port_problem(conversation::port_fault why, std::string_view correlation_id);

/// For a command that wasn't carried out: what `conversation_core::decide` refuses, and what kept it from being heard.
/// @param invalid status of input that isn't valid: 400 or 422
net::http::response command_problem(const command_result& why, unsigned invalid, std::string_view correlation_id);

/// What a conversation refused, without what follows the colon: `busy`, `queue_full`, …
std::string_view refusal_code(const command_result& why);

net::http::response json_response(std::string body, unsigned status = 200);

} // namespace troupe::actors::api::chat
