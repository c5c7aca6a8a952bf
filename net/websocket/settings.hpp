#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace troupe::net::websocket {

/// The limits of an endpoint's sessions.
struct settings {
  /// Subprotocols, the preferred one first. Of those that a client offers one is answered. A client that offers none
  /// is let in; one that offers only others is refused.
  std::vector<std::string> protocols;

  /// Origins of browsers that are let in beside the one that the server itself has, such as `https://app.example`.
  std::vector<std::string> origins;

  std::size_t message_limit = 1 << 20; ///< bytes of a client's message; above: 1009
  std::size_t queue_limit = 256 << 10; ///< bytes that may wait for a slow client before `send` refuses

  /// A session is asked whether it is there (ping) before nothing came from it for this long, and is ended when that
  /// isn't answered in the same time. The same holds for one that takes nothing of what it is sent, and for a message
  /// that doesn't come to its end.
  std::chrono::milliseconds keep_alive{25'000};
  std::chrono::milliseconds close_timeout{2'000}; ///< for the client to take what is left and to answer a close

  std::size_t early_limit = 8 << 10;              ///< bytes of a message before `session::admit`
  std::chrono::milliseconds early_timeout{5'000}; ///< until `session::admit`; then 1008
};

} // namespace troupe::net::websocket
