#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe::bench {

/// Many WebSocket clients on one thread, in the shortest way: what is measured is the server.
class clients {
public:
  /// Connects to a port of 127.0.0.1 and opens a session on each connection.
  clients(std::uint16_t port, std::size_t count);
  ~clients();

  clients(const clients&) = delete;
  clients& operator=(const clients&) = delete;

  /// Each client sends a message of `size` bytes and waits for the answer, over and over, `depth` of them at a time.
  void echo(std::size_t rounds, std::size_t size, std::size_t depth);

  /// Sends one message on each connection and waits for `bytes` in all, answers' heads included.
  void ask(const std::string& text, std::uint64_t bytes);

private:
  void receive(std::uint64_t bytes_each);

  std::vector<int> sockets_;
  int poll_ = -1;
};

} // namespace troupe::bench
