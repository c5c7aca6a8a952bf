#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/http/tls.hpp"

struct iovec;

namespace troupe::net::http {

/// A socket bound to one thread's context, without the type-erased executor that Asio uses otherwise.
using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// Bytes of one TLS record.
inline constexpr std::size_t max_record = 16'384;

/// What came of trying something without waiting.
enum class attempt : std::uint8_t {
  done,
  want_read,  ///< try again when the socket is readable
  want_write, ///< try again when it is writable
  closed,     ///< the peer has ended its direction
  broken,     ///< see `fault`
};

/// A connected socket, plain or with TLS. Reads and writes never wait: that is for `wait_*` and `async_read`.
/// Of one network thread.
class transport {
public:
  /// @param session null = plain
  transport(tcp_socket socket, tls_session session);
  transport(transport&&) noexcept = default;
  transport& operator=(transport&&) noexcept = default;

  bool is_open() const noexcept {
    return socket_.is_open();
  }
  bool is_secure() const noexcept {
    return session_ != nullptr;
  }

  /// Opens a socket and connects it: `h(error_code)`. Only when none is open.
  template <class Handler>
  void async_connect(const boost::asio::ip::tcp::endpoint& to, Handler h) {
    socket_.async_connect(to, std::move(h)); // opens by itself
  }

  /// Of the open socket.
  int native_handle() {
    return socket_.native_handle();
  }

  /// Sends each write at once instead of collecting small ones.
  void send_at_once() noexcept;

  /// From now on everything is said in TLS. Begin with `handshake`.
  void secure(tls_session session) noexcept {
    session_ = std::move(session);
  }

  /// TLS only.
  attempt handshake();
  attempt read(char* data, std::size_t size, std::size_t& count);
  attempt write(std::string_view data, std::size_t& count);
  /// Plain only: writes several pieces with one call.
  attempt write(std::span<iovec> pieces, std::size_t& count);

  /// Bytes that were given to the system so far, those of TLS records included.
  std::uint64_t sent() const noexcept;

  /// Bytes that the peer's system has acknowledged so far.
  std::uint64_t delivered() noexcept;

  /// Whether the peer of an idle connection has closed it or sent something unasked.
  bool is_stale();

  /// Whether the socket holds bytes that weren't read yet.
  bool has_unread();

  /// Why the last attempt was `broken`.
  const std::string& fault() const noexcept {
    return fault_;
  }

  /// Plain only: `h(error_code, size)` when something was read.
  template <class Handler>
  void async_read(char* data, std::size_t size, Handler h) {
    socket_.async_read_some(boost::asio::buffer(data, size), std::move(h));
  }

  /// `h(error_code)` when a further attempt is worth it.
  /// @param what `want_read` or `want_write`
  template <class Handler>
  void wait(attempt what, Handler h) {
    socket_.async_wait(what == attempt::want_write ? tcp_socket::wait_write : tcp_socket::wait_read, std::move(h));
  }

  /// Operations under way end with `operation_aborted`.
  void cancel() noexcept;
  /// Ends this direction; the peer's stays open.
  void shutdown_send() noexcept;
  /// Closes; operations under way end with `operation_aborted`.
  void close() noexcept;

private:
  attempt explain(int result);
  attempt explain_errno();

  tcp_socket socket_;
  tls_session session_;
  std::uint64_t sent_ = 0;
  std::string fault_;
};

} // namespace troupe::net::http
