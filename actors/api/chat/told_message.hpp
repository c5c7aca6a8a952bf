#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "actors/api/chat/session.hpp"
#include "actors/conversation/progress.hpp"
#include "actors/runtime/ids.hpp"
#include "config/agent_store.hpp"
#include "net/http/message.hpp"

namespace troupe::actors::api::chat {

/// What routes need that tell an agent one message.
struct turn_services {
  std::shared_ptr<const session_services> sessions;
  std::shared_ptr<id_source> ids;
  std::shared_ptr<const config::agent_store> agents;
  /// Runs something soon, on a network thread.
  std::function<void(std::function<void()>)> later;
};

/// One message of a user's.
struct turn_order {
  conversation::owner who;
  std::string agent;
  std::string conversation; ///< empty = that of the slot
  std::string slot;         ///< empty = the current one
  std::string id;           ///< the client's own
  std::string text;
  std::string run;        ///< the client's id of the run; may be empty
  unsigned invalid = 400; ///< status for input that isn't valid
  std::string correlation_id;
};

/// How a conversation stands behind a message.
struct standing {
  std::string reply;
  conversation::progress how;
};

/// Nothing while the message is being dealt with.
std::optional<standing> standing_after(const conversation::conversation_state& s, const config::agent_store& agents,
                                       const std::string& message, std::size_t steps_before);

/// A message that the conversation has: now, or from before under the same id.
struct told_message {
  storage::entity_key which;
  std::string client_id;
  std::string message;            ///< its id
  std::string run;                ///< its run; empty = it is over
  bool under_way = false;         ///< the run has begun
  std::size_t steps_before = 0;   ///< complete before it was told
  conversation::cursor now;       ///< where the conversation stands
  std::optional<standing> stands; ///< once it is dealt with
};

/// Finds or opens the conversation, tells it the message, and looks how it stands. A message that isn't taken, or was
/// before, is given back to its user's budget.
/// @param done on any thread, once; the alternative is the answer to a request that failed
void tell_message(const turn_services& with, turn_order what,
                  std::function<void(std::variant<told_message, net::http::response>)> done);

} // namespace troupe::actors::api::chat
