#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "net/http/channel.hpp"
#include "net/http/shared_bytes.hpp"
#include "net/websocket/frame.hpp"

namespace troupe::net::websocket {

/// What can be said to one client: a handle that is copied freely, used on any thread, and may outlive the session,
/// the server and the network threads. What is sent goes out in the order of the calls; what is sent close together
/// goes out in one write.
class session {
public:
  session() = default;
  explicit session(std::weak_ptr<http::channel> to) noexcept : to_{std::move(to)} {}

  /// Sends a message. False when the client is behind by `settings::queue_limit` or the session has ended: the message
  /// isn't sent then, not even in part, and an open session calls `listener::on_writable` once there is room, so that
  /// the client can be caught up from where the messages are kept.
  /// @param text UTF-8
  bool send(std::string_view text) const {
    return send(make_frame(opcode::text, text));
  }

  /// The same for a frame of `make_frame`, of which one copy serves any number of sessions.
  bool send(http::shared_bytes frame) const;

  /// The client has shown who it is: from now on the limits are those of every message.
  void admit() const;

  /// Closes behind what was sent before. `listener::on_closed` gets code and reason.
  /// @param number see `is_sendable_code`
  /// @param reason UTF-8 of at most 123 bytes; the rest is cut off
  void close(std::uint16_t number, std::string_view reason = {}) const;

  /// Bytes that wait because the client doesn't take them. 0 when it has ended.
  std::size_t queued() const noexcept;

  bool is_open() const noexcept;

private:
  std::weak_ptr<http::channel> to_;
};

} // namespace troupe::net::websocket
