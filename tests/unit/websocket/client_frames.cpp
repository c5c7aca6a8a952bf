#include "client_frames.hpp"

#include <cstring>

namespace troupe::testing {

std::string write_frame(std::string_view payload, client_frame how) {
  const auto size = payload.size();
  auto length_bytes = how.length_bytes;
  if (length_bytes == 0)
    length_bytes = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  std::string result;
  result += static_cast<char>((how.final ? 0x80U : 0U) | how.reserved << 4 | static_cast<unsigned>(how.kind));
  const auto length = length_bytes == 0 ? static_cast<unsigned>(size) : length_bytes == 2 ? 126U : 127U;
  result += static_cast<char>((how.masked ? 0x80U : 0U) | length);
  for (auto i = length_bytes; i > 0; --i)
    result += static_cast<char>(size >> (8 * (i - 1)) & 0xff);
  if (!how.masked)
    return result.append(payload);
  char mask[4];
  std::memcpy(mask, &how.mask, 4);
  result.append(mask, 4);
  for (std::size_t i = 0; i < size; ++i)
    result += static_cast<char>(payload[i] ^ mask[i % 4]);
  return result;
}

std::string write_close(std::uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  payload += reason;
  return write_frame(payload, {.kind = net::websocket::opcode::close});
}

} // namespace troupe::testing
