#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.hpp"
#include "net/http/url.hpp"
#include "net/websocket/frame.hpp"

namespace troupe::net {
class io_threads;
}

namespace troupe::net::websocket {

/// Which session to open, and how long to wait for its server.
struct client_settings {
  http::url where;                   ///< `secure` = TLS 1.2+, peer verified
  std::string target;                ///< path and query, behind `where.base`
  std::vector<http::header> headers; ///< further ones
  std::string protocol;              ///< subprotocol to offer; empty = none
  std::string ca_file;               ///< PEM file of a further authority; empty = the system's only

  std::chrono::milliseconds open_timeout{10'000}; ///< to connect, and again to open the session
  std::chrono::milliseconds keep_alive{15'000};   ///< silence after which the server is asked whether it is there
  std::size_t message_limit = 16 << 20;           ///< bytes of a message
};

/// How a session ended, or why there was none.
struct ending {
  std::uint16_t code = code::abnormal; ///< of the server's close frame
  unsigned status = 0;                 ///< HTTP status of an answer that refused the session; 0 = none
  std::string body;                    ///< of that answer
  std::string reason;                  ///< the server's, or what went wrong; for people
};

/// One session with a server, opened at once. What comes is told on a network thread, in order.
class client {
public:
  struct listener {
    std::function<void()> opened;
    std::function<void(std::string_view)> text; ///< a message, valid until it returns
    std::function<void(ending)> ended;          ///< once, last
  };

  /// Throws `std::invalid_argument` for a malformed PEM.
  /// @param io outlives the client
  client(io_threads& io, client_settings settings, listener told);

  /// Breaks off what is under way. Nothing is told any more once this returns. Not to be called from the listener.
  ~client();

  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Sends a message once the session is open; dropped when it has ended. Any thread.
  void send(std::string text);

  /// Closes in good order behind what was sent; `ended` follows. Any thread.
  void close();

  /// What every kind of stream has in common.
  class connection;

private:
  io_threads& io_;
  std::shared_ptr<connection> connection_;
};

} // namespace troupe::net::websocket
