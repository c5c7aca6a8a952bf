#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "config/metrics.hpp"
#include "config/settings.hpp"
#include "net/http/router.hpp"

namespace troupe::net {
class io_threads;
}

namespace troupe::net::http {

/// The listening socket and its connections.
class server {
public:
  /// Binds and listens. Throws `std::runtime_error` that names address and reason (port in use, unreadable
  /// certificate, key that doesn't fit).
  server(io_threads& io, const config::server_settings& settings, router routes, config::metrics& metrics);
  /// Closes everything at once; no handler runs afterwards, and later replies are dropped. Not to be called from a
  /// handler.
  ~server();

  server(const server&) = delete;
  server& operator=(const server&) = delete;

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
