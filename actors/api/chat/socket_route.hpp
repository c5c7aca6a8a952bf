#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/api/chat/session.hpp"
#include "net/http/router.hpp"
#include "net/websocket/endpoint.hpp"

namespace troupe::actors::api::chat {

/// `GET /chat/{user_id}`: the user's session with an agent over WebSocket. The token comes as `Authorization`, as
/// subprotocol `bearer.<token>` beside `troupe`, or in the first frame.
/// @param origins of pages that are let in beside those of the server's own
net::http::handler chat_socket(std::shared_ptr<const session_services> with, std::vector<std::string> origins,
                               config::metrics& metrics);

} // namespace troupe::actors::api::chat
