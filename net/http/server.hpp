#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "config/metrics.hpp"
#include "config/settings.hpp"
#include "net/http/message.hpp"

namespace troupe::net {
class io_threads;
}

namespace troupe::net::http {

/// Answers one request: call it once, from any thread. A dropped one answers 500.
using reply = std::function<void(response)>;

/// Handles a request. Runs on a network thread and must not block; may keep `reply` and call it later.
/// The request stays valid until `reply` was called.
using handler = std::function<void(const request&, reply)>;

/// Maps method and path to handlers. `{name}` in a pattern matches one segment. Filled before the server starts.
class router {
public:
  router();
  ~router();
  router(router&&) noexcept;
  router& operator=(router&&) noexcept;

  /// @param content_type what a body must be, such as `application/json` (415 otherwise); empty = anything
  void add(std::string_view method, std::string_view pattern, handler h, std::string_view content_type = {});

  /// Unknown path: 404; wrong method: 405 with `Allow`; HEAD is answered by GET without its body.
  void route(request& r, const reply& done) const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// The listening socket and its connections.
class server {
public:
  /// Binds and listens. Throws `std::runtime_error` that names address and reason (port in use, unreadable
  /// certificate, key that doesn't fit).
  server(io_threads& io, const config::server_settings& settings, router routes, config::metrics& metrics);
  ~server();

  /// The port listened on: the one asked for, or the one the system gave for 0.
  std::uint16_t port() const noexcept;

  /// Starts to accept.
  void start();

  /// Stops to accept; idle connections close, requests being answered finish (`Connection: close`). `done` is called
  /// on a network thread when none is left.
  void drain(std::function<void()> done);

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace troupe::net::http
