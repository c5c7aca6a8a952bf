#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/api/authenticator.hpp"
#include "actors/api/chat/deadline_watch.hpp"
#include "actors/api/message_budget.hpp"
#include "actors/conversation/live/port.hpp"
#include "net/websocket/listener.hpp"

namespace troupe::actors::api::chat {

/// What all sessions share.
struct session_services {
  std::shared_ptr<conversation::port> conversations;
  std::shared_ptr<const authenticator> tokens;
  std::shared_ptr<const message_budget> budget;
  std::shared_ptr<const clock> time;
  std::shared_ptr<deadline_watch> deadlines;
  std::size_t longest_message = 16'000; ///< bytes
};

/// Which conversation a client wants to follow, and from where on.
struct followed {
  std::string agent;
  std::string conversation; ///< empty = the current one with the agent
  std::optional<conversation::cursor> after;
};

/// The conversation's id.
void resolve(conversation::port& port, conversation::owner who, const followed& which,
             conversation::port_answer<std::string> done);

/// The listener of a client whose token was good.
/// @param which its id
std::unique_ptr<net::websocket::listener> make_session(std::shared_ptr<const session_services> with,
                                                       const net::jwt::claims& who, std::string which,
                                                       std::optional<conversation::cursor> after);

/// The listener of a client that must show its token in its first frame.
/// @param user whom it says to be
std::unique_ptr<net::websocket::listener> make_stranger(std::shared_ptr<const session_services> with, std::string user,
                                                        followed which);

} // namespace troupe::actors::api::chat
