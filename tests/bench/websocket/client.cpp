#include "client.hpp"

#include <array>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::bench {

namespace {

constexpr std::string_view handshake = "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                                       "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                       "Sec-WebSocket-Version: 13\r\n\r\n";

std::string masked_frame(std::string_view text) {
  std::string result{"\x81"};
  if (text.size() < 126) {
    result += static_cast<char>(0x80 | text.size());
  } else {
    result += '\xfe';
    result += static_cast<char>(text.size() >> 8);
    result += static_cast<char>(text.size() & 0xff);
  }
  return result.append(4, '\0').append(text); // a mask of zeros changes nothing
}

std::size_t answer_size(std::size_t payload) {
  return payload + (payload < 126 ? 2 : 4);
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      throw std::runtime_error{"can't send"};
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

} // namespace

clients::clients(std::uint16_t port, std::size_t count) : poll_{::epoll_create1(0)} {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (std::size_t i = 0; i < count; ++i) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error{std::string{"can't connect: "} + std::strerror(errno)};
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    send_all(socket, handshake);
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
      char byte;
      if (::recv(socket, &byte, 1, 0) != 1)
        throw std::runtime_error{"the handshake wasn't answered"};
      head += byte;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = static_cast<std::uint32_t>(sockets_.size());
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event);
    sockets_.push_back(socket);
  }
}

clients::~clients() {
  for (const int each : sockets_)
    ::close(each);
  ::close(poll_);
}

void clients::echo(std::size_t rounds, std::size_t size, std::size_t depth) {
  std::string together;
  for (std::size_t i = 0; i < depth; ++i)
    together += masked_frame(std::string(size, 'x'));
  for (std::size_t i = 0; i < rounds; ++i) {
    for (const int each : sockets_)
      send_all(each, together);
    receive(depth * answer_size(size));
  }
}

void clients::ask(const std::string& text, std::uint64_t bytes) {
  for (const int each : sockets_)
    send_all(each, masked_frame(text));
  receive(bytes);
}

void clients::receive(std::uint64_t bytes_each) {
  std::vector<std::uint64_t> missing(sockets_.size(), bytes_each);
  std::array<epoll_event, 256> events;
  char space[65'536];
  for (auto open = sockets_.size(); open > 0;) {
    const int count = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const auto which = events[static_cast<std::size_t>(i)].data.u32;
      const auto got = ::recv(sockets_[which], space, sizeof space, MSG_DONTWAIT);
      if (got <= 0)
        throw std::runtime_error{"the connection has ended"};
      missing[which] -= static_cast<std::uint64_t>(got);
      open -= missing[which] == 0;
    }
  }
}

} // namespace troupe::bench
