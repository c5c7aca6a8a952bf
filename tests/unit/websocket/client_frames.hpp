#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/websocket/frame.hpp"

namespace troupe::testing {

/// How a client may write a frame, rightly or wrongly.
struct client_frame {
  net::websocket::opcode kind = net::websocket::opcode::text;
  bool final = true;
  bool masked = true;
  unsigned reserved = 0;           ///< the three bits, 0 to 7
  unsigned length_bytes = 0;       ///< 0, 2 or 8 behind the second byte; other numbers choose the shortest
  std::uint32_t mask = 0x9bf1da37; ///< in the byte order of the machine
};

std::string write_frame(std::string_view payload, client_frame how = {});

/// A masked close frame.
std::string write_close(std::uint16_t code, std::string_view reason = {});

} // namespace troupe::testing
