#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace troupe::net::http {

/// The addresses behind one name. They are remembered for a while, so that opening many connections at a time asks
/// once. Of one network thread.
class resolution : public std::enable_shared_from_this<resolution> {
public:
  using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
  /// An empty list comes with the reason.
  using taker = std::function<void(const endpoints&, const std::string& fault)>;

  resolution(boost::asio::io_context& context, std::string host, std::uint16_t port);

  /// Calls `t`, at once when the addresses are known.
  void get(taker t);

  /// The addresses didn't serve: the next one asks again.
  void forget();

  /// Calls nobody any more.
  void close();

private:
  void resolved(const boost::system::error_code& ec, endpoints found);

  boost::asio::ip::basic_resolver<boost::asio::ip::tcp, boost::asio::io_context::executor_type> resolver_;
  std::string host_;
  std::uint16_t port_;
  endpoints known_;
  std::chrono::steady_clock::time_point good_until_;
  std::vector<taker> waiting_;
};

} // namespace troupe::net::http
