#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include "net/http/deadline_wheel.hpp"

namespace troupe::net::http {

/// A listening socket. Of one network thread.
class listener : public std::enable_shared_from_this<listener>, private deadline_wheel::entry {
public:
  /// Takes an accepted, non-blocking socket and the text of the peer's address.
  using taker = std::function<void(int socket, std::string remote_address)>;

  /// Binds and listens. Throws `std::runtime_error` that names address and reason.
  /// @param address IP address, or `localhost`
  listener(boost::asio::io_context& context, deadline_wheel& deadlines, const std::string& address, std::uint16_t port);

  std::uint16_t port() const noexcept {
    return port_;
  }

  void start(taker t);

  /// Accepts what has arrived, then no more.
  void close();

private:
  using acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  void wait();
  /// False when there are no descriptors left.
  bool accept_waiting();
  void on_deadline() override;

  deadline_wheel& deadlines_;
  acceptor acceptor_;
  std::uint16_t port_ = 0;
  taker take_;
  bool out_of_descriptors_ = false; ///< and the log says so
};

} // namespace troupe::net::http
