#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "actors/conversation/agui.hpp"
#include "net/http/shared_bytes.hpp"

namespace troupe::actors::conversation {

/// An event on its way to subscribers. What goes onto the wire is made on first use, once for all of them. It lives
/// as long as the call it is given to; one thread.
class published {
public:
  explicit published(outgoing what) : event_{std::move(what)} {}

  published(const published&) = delete;
  published& operator=(const published&) = delete;

  /// The AG-UI event, its cursor in it.
  const std::string& json() const noexcept {
    return event_.json;
  }

  /// Where a subscriber stands that has it.
  const cursor& at() const noexcept {
    return event_.at;
  }

  /// `RUN_STARTED`, `TEXT_MESSAGE_CONTENT`, `CUSTOM`, …
  std::string_view type() const noexcept;

  /// As a WebSocket frame.
  const net::http::shared_bytes& websocket_frame() const;

  /// As an event of Server-Sent Events, with the cursor as its id.
  const net::http::shared_bytes& sse() const;

private:
  outgoing event_;
  mutable net::http::shared_bytes frame_;
  mutable net::http::shared_bytes sse_;
};

} // namespace troupe::actors::conversation
