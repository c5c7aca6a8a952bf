#include "actors/cli/checks.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace troupe::actors::cli {

int bind_fault(const config::server_settings& server) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(server.port);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(server.port);
  const bool is_v4 = ::inet_pton(AF_INET, server.bind.c_str(), &v4.sin_addr) == 1;
  if (!is_v4 && ::inet_pton(AF_INET6, server.bind.c_str(), &v6.sin6_addr) != 1)
    return EINVAL;
  const auto* address = is_v4 ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
  const int socket = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0)
    return errno;
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const auto size = static_cast<socklen_t>(is_v4 ? sizeof v4 : sizeof v6);
  const int fault = ::bind(socket, address, size) == 0 && ::listen(socket, 1) == 0 ? 0 : errno;
  ::close(socket);
  return fault;
}

} // namespace troupe::actors::cli
