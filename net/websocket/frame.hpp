#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/http/shared_bytes.hpp"

namespace troupe::net::websocket {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// What a connection is closed with (RFC 6455, 7.4.1). Applications add 4000 to 4999.
namespace code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t unsupported_data = 1003;
inline constexpr std::uint16_t none_given = 1005; ///< the peer named no code; never sent
inline constexpr std::uint16_t abnormal = 1006;   ///< the connection ended without a close frame; never sent
inline constexpr std::uint16_t invalid_text = 1007;
inline constexpr std::uint16_t policy_violation = 1008;
inline constexpr std::uint16_t too_large = 1009;
inline constexpr std::uint16_t internal_error = 1011;
inline constexpr std::uint16_t token_expired = 4401; ///< ours
} // namespace code

inline constexpr std::size_t max_control_payload = 125;

/// Whether a close frame may hold this code.
constexpr bool is_sendable_code(std::uint16_t number) noexcept {
  return (number >= 1000 && number <= 1014 && number != 1004 && number != code::none_given && number != code::abnormal)
         || (number >= 3000 && number <= 4999);
}

/// One whole frame as a server sends it: not fragmented, not masked. Make it once for all who get it.
http::shared_bytes make_frame(opcode kind, std::string_view payload);

/// @param number `none_given` = a frame without code. Others that can't be sent become `internal_error`.
/// @param reason UTF-8; cut off, between two characters, where it doesn't fit
http::shared_bytes make_close_frame(std::uint16_t number, std::string_view reason);

} // namespace troupe::net::websocket
