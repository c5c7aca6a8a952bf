#pragma once

#include <cstdint>
#include <string_view>

#include "net/websocket/session.hpp"

namespace troupe::net::websocket {

/// What a route does with one session. All calls come on the session's network thread and must not block; the object is
/// destroyed there after the last one. What a call throws closes the session with 1011.
class listener {
public:
  listener() = default;
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  virtual ~listener() = default;

  /// The first call. When the client has gone before, there is none at all.
  virtual void on_open(const session& s) = 0;

  /// @param text valid UTF-8, until the call returns
  virtual void on_message(std::string_view text) = 0;

  /// `send` has refused a message, and there is room again.
  virtual void on_writable() {}

  /// The last call, once. Of both sides' codes it gets the first one.
  /// @param number `code::abnormal` when the connection ended without a close frame
  virtual void on_closed(std::uint16_t number, std::string_view reason) = 0;
};

} // namespace troupe::net::websocket
