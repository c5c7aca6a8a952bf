#include "net/http/listener.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/log.hpp"

namespace troupe::net::http {

namespace {

using namespace std::chrono_literals;

constexpr int backlog = 4'096;
constexpr int accepted_at_a_time = 256;
constexpr auto pause_without_descriptors = 100ms;

std::string text_of(const sockaddr_storage& address) {
  using boost::asio::ip::make_address_v4;
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return make_address_v4(ntohl(v4.sin_addr.s_addr)).to_string();
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  boost::asio::ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  boost::asio::ip::address_v6 result{bytes};
  return result.is_v4_mapped() ? make_address_v4(boost::asio::ip::v4_mapped, result).to_string() : result.to_string();
}

} // namespace

listener::listener(boost::asio::io_context& context, deadline_wheel& deadlines, const std::string& address,
                   std::uint16_t port)
    : deadlines_{deadlines}, acceptor_{context} {
  using boost::asio::ip::tcp;
  auto check = [&](const boost::system::error_code& ec, const char* what) {
    if (ec)
      throw std::runtime_error{"can't " + std::string{what} + ' ' + address + " port " + std::to_string(port) + ": "
                               + ec.message()};
  };
  boost::system::error_code ec;
  auto ip = boost::asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, ec);
  check(ec, "use the address");
  tcp::endpoint endpoint{ip, port};
  acceptor_.open(endpoint.protocol(), ec);
  check(ec, "open a socket for");
  acceptor_.set_option(acceptor::reuse_address{true}, ec);
  if (ip.is_v6())
    acceptor_.set_option(boost::asio::ip::v6_only{false}, ec);
  acceptor_.bind(endpoint, ec);
  check(ec, "listen on");
  acceptor_.listen(backlog, ec);
  check(ec, "listen on");
  acceptor_.native_non_blocking(true, ec);
  check(ec, "listen on");
  port_ = acceptor_.local_endpoint(ec).port();
}

void listener::start(taker t) {
  take_ = std::move(t);
  wait();
}

void listener::close() {
  if (!acceptor_.is_open())
    return;
  if (take_)
    accept_waiting();
  take_ = nullptr;
  deadline_wheel::clear(*this);
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

void listener::wait() {
  acceptor_.async_wait(acceptor::wait_read, [self = shared_from_this()](const boost::system::error_code& ec) {
    if (ec || !self->take_)
      return;
    if (self->accept_waiting())
      self->wait();
    else
      self->deadlines_.set(*self, pause_without_descriptors);
  });
}

bool listener::accept_waiting() {
  for (int i = 0; i < accepted_at_a_time; ++i) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    int socket = ::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&address), &length,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      out_of_descriptors_ = false;
      take_(socket, text_of(address));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      if (!std::exchange(out_of_descriptors_, true))
        config::log::warn("accept_paused", "no descriptors are left for another connection",
                          {{"fault", std::string_view{std::strerror(errno)}}});
      return false;
    } else if (errno == EAGAIN) {
      return true;
    } // else: that connection has ended already
  }
  return true;
}

void listener::on_deadline() {
  if (take_)
    wait();
}

} // namespace troupe::net::http
