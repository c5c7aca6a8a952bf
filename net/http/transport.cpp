#include "net/http/transport.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <linux/sockios.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace troupe::net::http {

transport::transport(tcp_socket socket, tls_session session)
    : socket_{std::move(socket)}, session_{std::move(session)} {}

void transport::send_at_once() noexcept {
  boost::system::error_code ignored;
  socket_.set_option(boost::asio::ip::tcp::no_delay{true}, ignored);
}

attempt transport::handshake() {
  ERR_clear_error();
  return explain(SSL_do_handshake(session_.get()));
}

attempt transport::read(char* data, std::size_t size, std::size_t& count) {
  count = 0;
  if (session_) {
    ERR_clear_error();
    return explain(SSL_read_ex(session_.get(), data, size, &count));
  }
  auto result = ::recv(socket_.native_handle(), data, size, MSG_DONTWAIT);
  if (result == 0)
    return attempt::closed;
  if (result < 0)
    return errno == EAGAIN || errno == EINTR ? attempt::want_read : explain_errno();
  count = static_cast<std::size_t>(result);
  return attempt::done;
}

attempt transport::write(std::string_view data, std::size_t& count) {
  count = 0;
  if (session_) {
    ERR_clear_error();
    return explain(SSL_write_ex(session_.get(), data.data(), data.size(), &count));
  }
  auto result = ::send(socket_.native_handle(), data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (result < 0)
    return errno == EAGAIN || errno == EINTR ? attempt::want_write : explain_errno();
  count = static_cast<std::size_t>(result);
  sent_ += count;
  return attempt::done;
}

attempt transport::write(std::span<iovec> pieces, std::size_t& count) {
  count = 0;
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  auto result = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (result < 0)
    return errno == EAGAIN || errno == EINTR ? attempt::want_write : explain_errno();
  count = static_cast<std::size_t>(result);
  sent_ += count;
  return attempt::done;
}

std::uint64_t transport::sent() const noexcept {
  return session_ ? BIO_number_written(SSL_get_wbio(session_.get())) : sent_;
}

std::uint64_t transport::delivered() noexcept {
  int queued = 0;
  ::ioctl(socket_.native_handle(), SIOCOUTQ, &queued);
  return sent() - std::min(sent(), static_cast<std::uint64_t>(std::max(queued, 0)));
}

bool transport::is_stale() {
  char byte;
  if (session_) {
    std::size_t count;
    return read(&byte, 1, count) != attempt::want_read; // messages of TLS itself, such as tickets, are taken in by that
  }
  auto result = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return result >= 0 || (errno != EAGAIN && errno != EINTR);
}

bool transport::has_unread() {
  char byte;
  return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void transport::shutdown_send() noexcept {
  if (session_ && SSL_is_init_finished(session_.get())) {
    ERR_clear_error();
    SSL_shutdown(session_.get()); // says good-bye if that fits; nobody waits for the answer
  }
  boost::system::error_code ignored;
  socket_.shutdown(tcp_socket::shutdown_send, ignored);
}

void transport::cancel() noexcept {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void transport::close() noexcept {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

attempt transport::explain(int result) {
  if (result == 1)
    return attempt::done;
  switch (SSL_get_error(session_.get(), result)) {
  case SSL_ERROR_WANT_READ:
    return attempt::want_read;
  case SSL_ERROR_WANT_WRITE:
    return attempt::want_write;
  case SSL_ERROR_ZERO_RETURN:
    return attempt::closed;
  case SSL_ERROR_SYSCALL:
    return explain_errno();
  default:
    fault_ = "TLS: ";
    if (auto verified = SSL_get_verify_result(session_.get()); verified != X509_V_OK)
      fault_ += std::string{"certificate refused, "} + X509_verify_cert_error_string(verified);
    else
      fault_ += take_tls_error();
    ERR_clear_error();
    return attempt::broken;
  }
}

attempt transport::explain_errno() {
  fault_ = errno != 0 ? std::strerror(errno) : "the connection was cut off";
  return attempt::broken;
}

} // namespace troupe::net::http
