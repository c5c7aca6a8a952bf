#pragma once

#include <string_view>

#include "actors/conversation/live/published.hpp"

namespace troupe::actors::conversation {

/// What one client is told of a conversation. Called on the conversation's thread, a network thread or a reader's, one
/// call at a time, with locks held: must not block, and must not call the port or its own subscription, nor let go of
/// that. Calls may come before `port::subscribe` has returned.
class subscriber {
public:
  subscriber() = default;
  subscriber(const subscriber&) = delete;
  subscriber& operator=(const subscriber&) = delete;
  virtual ~subscriber() = default;

  /// The next event. False: there was no room for it. Nothing more comes then until `subscription::resume`, which goes
  /// on with this very event.
  virtual bool take(const published& event) = 0;

  /// The last call: the conversation can't be followed any more.
  /// @param reason `ended` after `conversation_ended` has said so; `not_found`; `corrupt`; `crashed`: no life of it
  /// lasts; `storage_unavailable`. After the last two, who comes again with its cursor may have more luck.
  virtual void lost(std::string_view reason) = 0;
};

} // namespace troupe::actors::conversation
