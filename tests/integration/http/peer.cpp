#include "peer.hpp"

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace troupe::testing {

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void limit_waiting(int socket) {
  timeval limit{10, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "Content-Length: ";
  auto at = head.find(name);
  return at == head.npos ? 0 : std::strtoul(head.data() + at + name.size(), nullptr, 10);
}

} // namespace

std::string raw_response::field(std::string_view name) const {
  auto at = head.find("\r\n" + std::string{name} + ": ");
  if (at == head.npos)
    return {};
  at += name.size() + 4;
  return head.substr(at, head.find("\r\n", at) - at);
}

peer::peer(std::uint16_t port, int receive_buffer) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  if (receive_buffer > 0)
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  limit_waiting(socket_);
  auto address = loopback(port);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error{"can't connect"};
}

peer::peer(int socket, std::nullptr_t) : socket_{socket} {
  limit_waiting(socket_);
}

peer peer::adopt(int socket) {
  return peer{socket, nullptr};
}

peer::~peer() {
  close();
}

peer::peer(peer&& other) noexcept : socket_{std::exchange(other.socket_, -1)}, waiting_{std::move(other.waiting_)} {}

peer& peer::operator=(peer&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(waiting_, other.waiting_);
  return *this;
}

bool peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string peer::receive(std::size_t size) {
  if (!waiting_.empty()) {
    auto result = waiting_.substr(0, size);
    waiting_.erase(0, result.size());
    return result;
  }
  std::string result(size, '\0');
  auto count = ::recv(socket_, result.data(), result.size(), 0);
  result.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return result;
}

std::string peer::receive_all() {
  std::string result;
  for (auto part = receive(); !part.empty(); part = receive())
    result += part;
  return result;
}

std::string peer::receive_exactly(std::size_t size) {
  std::string result;
  while (result.size() < size) {
    auto part = receive(size - result.size());
    if (part.empty())
      break;
    result += part;
  }
  return result;
}

std::string peer::head() {
  std::string result;
  for (;;) {
    if (auto end = result.find("\r\n\r\n"); end != result.npos) {
      waiting_ = result.substr(end + 4) + waiting_;
      result.resize(end + 4);
      return result;
    }
    auto part = receive();
    if (part.empty())
      return {};
    result += part;
  }
}

raw_response peer::response(bool head_only) {
  raw_response result;
  result.head = head();
  if (result.head.size() < 12)
    return result;
  result.status = static_cast<unsigned>(std::strtoul(result.head.c_str() + 9, nullptr, 10));
  if (!head_only)
    result.body = receive_exactly(content_length(result.head));
  return result;
}

std::string peer::request() {
  auto result = head();
  return result.empty() ? result : result + receive_exactly(content_length(result));
}

bool peer::at_end() {
  return receive(1).empty();
}

bool peer::has_answer() {
  char byte;
  return !waiting_.empty() || ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

void peer::half_close() {
  ::shutdown(socket_, SHUT_WR);
}

void peer::close() {
  if (socket_ >= 0)
    ::close(std::exchange(socket_, -1));
}

void peer::reset() {
  linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

listening_socket::listening_socket() : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  limit_waiting(socket_);
  auto address = loopback(0);
  socklen_t length = sizeof address;
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(socket_, 64) != 0
      || ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throw std::runtime_error{"can't listen"};
  port_ = ntohs(address.sin_port);
}

listening_socket::~listening_socket() {
  if (socket_ >= 0)
    ::close(socket_);
}

std::optional<peer> listening_socket::accept() {
  int accepted = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
  if (accepted < 0)
    return std::nullopt;
  return peer::adopt(accepted);
}

void listening_socket::close() {
  ::shutdown(socket_, SHUT_RDWR); // wakes who accepts
}

} // namespace troupe::testing
