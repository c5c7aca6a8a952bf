#include "client.hpp"

namespace troupe::testing {

std::uint16_t server_frame::code() const {
  if (payload.size() < 2)
    return 0;
  return static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8
                                    | static_cast<unsigned char>(payload[1]));
}

std::string handshake(std::string_view path, std::string_view fields) {
  return "GET " + std::string{path}
         + " HTTP/1.1\r\nHost: localhost:8080\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
         + std::string{fields} + "\r\n";
}

std::string client::open(std::string_view path, std::string_view fields) {
  send(handshake(path, fields));
  auto end = waiting_.find("\r\n\r\n");
  for (; end == waiting_.npos; end = waiting_.find("\r\n\r\n"))
    if (!fill(waiting_.size() + 1))
      return {};
  auto head = waiting_.substr(0, end + 4);
  waiting_.erase(0, end + 4);
  return head;
}

bool client::send(std::string_view bytes) {
  return plain_ ? plain_->send(bytes) : secure_->send(bytes);
}

bool client::fill(std::size_t size) {
  while (waiting_.size() < size) {
    const auto more = plain_ ? plain_->receive() : secure_->receive();
    if (more.empty())
      return false;
    waiting_ += more;
  }
  return true;
}

std::optional<server_frame> client::receive() {
  if (!fill(2))
    return std::nullopt;
  const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(waiting_[i]); };
  server_frame result;
  result.kind = static_cast<net::websocket::opcode>(byte(0) & 0xf);
  result.final = (byte(0) & 0x80) != 0;
  result.masked = (byte(1) & 0x80) != 0;
  std::size_t size = byte(1) & 0x7f;
  const std::size_t length_bytes = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (!fill(2 + length_bytes))
    return std::nullopt;
  if (length_bytes > 0)
    size = 0;
  for (std::size_t i = 0; i < length_bytes; ++i)
    size = size << 8 | byte(2 + i);
  if (!fill(2 + length_bytes + size))
    return std::nullopt;
  result.payload = waiting_.substr(2 + length_bytes, size);
  waiting_.erase(0, 2 + length_bytes + size);
  return result;
}

std::string client::hear() {
  const auto frame = receive();
  return frame ? frame->payload : "(the connection has ended)";
}

bool client::at_end() {
  return waiting_.empty() && !fill(1);
}

} // namespace troupe::testing
