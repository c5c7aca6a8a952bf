#include "net/websocket/frame.hpp"

#include <cstring>
#include <string>

namespace troupe::net::websocket {

namespace {

constexpr std::size_t max_reason = max_control_payload - 2;

/// Bytes of the head of a frame that isn't masked.
std::size_t head_size(std::size_t payload) noexcept {
  return payload < 126 ? 2 : payload <= 0xffff ? 4 : 10;
}

void write_head(char* into, opcode kind, std::size_t payload) noexcept {
  into[0] = static_cast<char>(0x80 | static_cast<unsigned>(kind));
  const auto size = head_size(payload);
  into[1] = static_cast<char>(size == 2 ? payload : size == 4 ? 126 : 127);
  for (auto i = size - 1; i >= 2; --i, payload >>= 8)
    into[i] = static_cast<char>(payload & 0xff);
}

} // namespace

http::shared_bytes make_frame(opcode kind, std::string_view payload) {
  const auto head = head_size(payload.size());
  return http::shared_bytes::make(head + payload.size(), [&](char* into) {
    write_head(into, kind, payload.size());
    std::memcpy(into + head, payload.data(), payload.size());
  });
}

http::shared_bytes make_close_frame(std::uint16_t number, std::string_view reason) {
  if (number == code::none_given)
    return make_frame(opcode::close, {});
  if (!is_sendable_code(number))
    number = code::internal_error;
  if (reason.size() > max_reason) {
    auto end = max_reason;
    while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xc0) == 0x80)
      --end;
    reason = reason.substr(0, end);
  }
  std::string payload{static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
  payload += reason;
  return make_frame(opcode::close, payload);
}

} // namespace troupe::net::websocket
