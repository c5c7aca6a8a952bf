#pragma once

#include <cstdint>
#include <stdexcept>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::testing {

/// A port whose queue of connections is full: to connect there takes for ever.
class deaf_port {
public:
  deaf_port() : listening_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listening_, any, sizeof address) != 0 || ::listen(listening_, 0) != 0
        || ::getsockname(listening_, any, &length) != 0)
      throw std::runtime_error{"can't listen"};
    port = ntohs(address.sin_port);
    for (auto& each : waiting_) {
      each = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      ::connect(each, any, sizeof address);
    }
  }
  ~deaf_port() {
    for (int each : waiting_)
      ::close(each);
    ::close(listening_);
  }
  deaf_port(const deaf_port&) = delete;
  deaf_port& operator=(const deaf_port&) = delete;

  std::uint16_t port = 0;

private:
  int listening_;
  int waiting_[4] = {};
};

} // namespace troupe::testing
