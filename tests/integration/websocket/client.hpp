#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client_frames.hpp"
#include "net/websocket/frame.hpp"
#include "peer.hpp"
#include "tls_peer.hpp"

namespace troupe::testing {

/// A frame as a server sends it.
struct server_frame {
  net::websocket::opcode kind{};
  bool final = false;
  bool masked = false;
  std::string payload;

  /// Of a close frame; 0 = none.
  std::uint16_t code() const;
  std::string reason() const {
    return payload.size() > 2 ? payload.substr(2) : std::string{};
  }
};

/// The request that opens a session.
std::string handshake(std::string_view path, std::string_view fields = {});

/// A client that does what a test says, rightly or wrongly. Blocking; gives up after 10 s.
class client {
public:
  /// @param tls null = plain
  explicit client(peer& plain) : plain_{&plain} {}
  explicit client(tls_peer& secure) : secure_{&secure} {}

  /// Opens a session; gives the answer's head.
  std::string open(std::string_view path, std::string_view fields = {});
  bool send(std::string_view bytes);
  bool say(std::string_view text) {
    return send(write_frame(text));
  }
  /// The next frame; nothing at the end.
  std::optional<server_frame> receive();
  /// The next message or control frame's payload.
  std::string hear();
  /// Whether the server has closed and nothing is left.
  bool at_end();

private:
  bool fill(std::size_t size);

  peer* plain_ = nullptr;
  tls_peer* secure_ = nullptr;
  std::string waiting_;
};

} // namespace troupe::testing
