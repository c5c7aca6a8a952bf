#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/http/message.hpp"
#include "net/http/shared_bytes.hpp"

namespace troupe::net::http {

class channel;

/// What can be said in a response that is being written: a handle that is copied freely, used on any thread, and may
/// outlive the response, the server and the network threads. What is sent goes out in the order of the calls; what is
/// sent close together goes out in one write and one chunk.
class stream {
public:
  stream() = default;
  explicit stream(std::weak_ptr<channel> to) noexcept : to_{std::move(to)} {}

  /// Sends a piece of the body. False when the client is behind by `stream_settings::queue_limit` or the response has
  /// ended: nothing of it is sent then, and an open stream calls `stream_listener::on_writable` once there is room, so
  /// that the client can be caught up from where the pieces are kept.
  bool send(std::string_view text) const {
    return send(shared_bytes{text});
  }

  /// The same for bytes that serve any number of streams.
  bool send(shared_bytes bytes) const;

  /// The response is complete with what was sent before.
  void end() const;

  /// Bytes that wait because the client doesn't take them. 0 when it has ended.
  std::size_t queued() const noexcept;

  bool is_open() const noexcept;

private:
  std::weak_ptr<channel> to_;
};

/// What a route does with one streamed response. All calls come on the network thread and must not block; the object is
/// destroyed there after the last one. What a call throws cuts the response off.
class stream_listener {
public:
  stream_listener() = default;
  stream_listener(const stream_listener&) = delete;
  stream_listener& operator=(const stream_listener&) = delete;
  virtual ~stream_listener() = default;

  /// The first call; the head was sent. There is none at all for a HEAD request and when the client has gone before.
  virtual void on_open(const stream& s) = 0;

  /// `send` has refused something, and there is room again.
  virtual void on_writable() {}

  /// The last call, once.
  /// @param complete false: the client went, or took nothing for too long
  virtual void on_closed(bool complete) = 0;
};

struct stream_settings {
  std::string content_type = "text/event-stream";
  std::size_t queue_limit = 256 << 10; ///< bytes that may wait for a slow client before `send` refuses

  /// The heartbeat is sent before nothing was sent for this long. A client that takes nothing of what it is sent for
  /// this long is given up.
  std::chrono::milliseconds keep_alive{15'000};
  std::string heartbeat = ":\n\n"; ///< a comment of Server-Sent Events; empty = none

  std::chrono::milliseconds close_timeout{2'000}; ///< for the client to take what is left at the end
};

/// The answer whose body is written as it comes into being: in chunks, or to a client of HTTP/1.0 until the connection
/// closes. More fields and another status may be added to it. A client that closes its direction of the connection
/// counts as gone.
response make_stream(const stream_settings& s, std::unique_ptr<stream_listener> l);

/// One event of Server-Sent Events.
/// @param id, name empty = none; control characters are left out
/// @param data may have several lines
shared_bytes make_event(std::string_view data, std::string_view id = {}, std::string_view name = {});

} // namespace troupe::net::http
