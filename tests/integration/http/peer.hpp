#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::testing {

/// One response as it came.
struct raw_response {
  unsigned status = 0;
  std::string head; ///< with the empty line
  std::string body;

  bool has(std::string_view line) const {
    return head.find(line) != head.npos;
  }
  /// Value of the first such field, or empty; `name` as it is written.
  std::string field(std::string_view name) const;
};

/// One end of a TCP connection, used with blocking calls, each of which gives up after 10 s.
class peer {
public:
  /// Connects to a port of 127.0.0.1.
  /// @param receive_buffer bytes; 0 = the system's choice
  explicit peer(std::uint16_t port, int receive_buffer = 0);
  /// Takes over a connected socket.
  static peer adopt(int socket);
  ~peer();

  peer(peer&& other) noexcept;
  peer& operator=(peer&& other) noexcept;

  /// False when the other end has closed.
  bool send(std::string_view bytes);
  /// What comes next, at most `size` bytes; empty at the end or on a reset.
  std::string receive(std::size_t size = 65'536);
  /// Everything until the other end closes.
  std::string receive_all();
  /// Exactly that many bytes, fewer at the end.
  std::string receive_exactly(std::size_t size);
  /// One response with `Content-Length`; status 0 when the connection ended before.
  raw_response response(bool head_only = false);
  /// One request with `Content-Length`, head and body; empty when the connection ended before.
  std::string request();
  /// Whether the other end has closed and nothing is left to read.
  bool at_end();

  /// Whether something waits to be read, without waiting for it.
  bool has_answer();

  /// Ends this direction.
  void half_close();
  void close();
  /// Closes with a reset.
  void reset();

  int socket() const {
    return socket_;
  }

private:
  explicit peer(int socket, std::nullptr_t);
  /// Up to and with the empty line.
  std::string head();

  int socket_ = -1;
  std::string waiting_;
};

/// A listening socket on a free port of 127.0.0.1.
class listening_socket {
public:
  listening_socket();
  ~listening_socket();
  listening_socket(const listening_socket&) = delete;
  listening_socket& operator=(const listening_socket&) = delete;

  std::uint16_t port() const {
    return port_;
  }
  /// The next connection; nothing when none comes within 10 s or the socket was closed.
  std::optional<peer> accept();
  void close();

private:
  int socket_ = -1;
  std::uint16_t port_ = 0;
};

} // namespace troupe::testing
