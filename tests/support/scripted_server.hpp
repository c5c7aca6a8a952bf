#pragma once

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::testing {

/// A request as a scripted server got it.
struct received {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers; ///< names in lower case
  std::string body;
};

/// What a scripted server does with a request: sends these bytes and goes on, or closes, or stays silent.
struct answer {
  std::string bytes;
  bool close = false;
  bool silent = false;
};

inline answer respond(unsigned status, std::string_view body, std::string_view headers = {}) {
  return {"HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Type: application/json\r\n" + std::string{headers}
          + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body}};
}

/// A plain HTTP server on a free port of loopback that answers as a function says. The function runs on the threads of
/// connections, one call at a time.
class scripted_server {
public:
  using script = std::function<answer(const received&)>;

  explicit scripted_server(script s)
      : script_{std::move(s)}, listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0
        || ::getsockname(listener_, generic, &size) != 0 || ::pipe(wake_) != 0)
      throw std::runtime_error{"no socket to listen on"};
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread{[this] { accept(); }};
  }

  ~scripted_server() {
    ::close(wake_[1]); // wakes every poll
    acceptor_.join();
    for (auto& connection : connections_)
      connection.join();
    ::close(listener_);
    ::close(wake_[0]);
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
  }

  /// All requests so far.
  std::vector<received> requests() {
    const std::lock_guard lock{mutex_};
    return requests_;
  }

private:
  bool readable(int socket) const {
    pollfd watched[] = {{socket, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    return ::poll(watched, 2, -1) > 0 && watched[1].revents == 0;
  }

  void accept() {
    while (readable(listener_))
      if (const auto socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC); socket >= 0)
        connections_.emplace_back([this, socket] {
          serve(socket);
          ::close(socket);
        });
  }

  void serve(int socket) {
    std::string buffer;
    while (const auto request = read(socket, buffer)) {
      answer next;
      {
        const std::lock_guard lock{mutex_};
        requests_.push_back(*request);
        next = script_(*request);
      }
      while (next.silent && readable(socket)) {
        char ignored[64];
        if (::recv(socket, ignored, sizeof ignored, 0) <= 0)
          return;
      }
      std::size_t sent = 0;
      while (sent < next.bytes.size()) {
        const auto n = ::send(socket, next.bytes.data() + sent, next.bytes.size() - sent, MSG_NOSIGNAL);
        if (n <= 0)
          return;
        sent += static_cast<std::size_t>(n);
      }
      if (next.close || next.silent)
        return;
    }
  }

  /// Reads until the buffer holds `size` bytes.
  bool fill(int socket, std::string& buffer, const std::function<bool()>& enough) const {
    while (!enough()) {
      char piece[16'384];
      const auto n = readable(socket) ? ::recv(socket, piece, sizeof piece, 0) : -1;
      if (n <= 0)
        return false;
      buffer.append(piece, static_cast<std::size_t>(n));
    }
    return true;
  }

  std::optional<received> read(int socket, std::string& buffer) const {
    if (!fill(socket, buffer, [&] { return buffer.find("\r\n\r\n") != buffer.npos; }))
      return std::nullopt;
    const auto head_size = buffer.find("\r\n\r\n") + 4;
    std::string_view head{buffer.data(), head_size - 2};
    received result;
    const auto line = head.substr(0, head.find("\r\n"));
    result.method = line.substr(0, line.find(' '));
    result.target = line.substr(result.method.size() + 1, line.rfind(' ') - result.method.size() - 1);
    head.remove_prefix(line.size() + 2);
    while (!head.empty()) {
      const auto field = head.substr(0, head.find("\r\n"));
      std::string name{field.substr(0, field.find(':'))};
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      result.headers[name] = field.substr(std::min(field.find(':') + 2, field.size()));
      head.remove_prefix(field.size() + 2);
    }
    const auto size = result.headers.contains("content-length") ? std::stoul(result.headers["content-length"]) : 0UL;
    if (!fill(socket, buffer, [&] { return buffer.size() >= head_size + size; }))
      return std::nullopt;
    result.body = buffer.substr(head_size, size);
    buffer.erase(0, head_size + size);
    return result;
  }

  script script_;
  int listener_;
  int wake_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<received> requests_;
  std::vector<std::thread> connections_; ///< of the accepting thread until it has ended
  std::thread acceptor_;
};

} // namespace troupe::testing
