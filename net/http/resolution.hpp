#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/http/deadline_wheel.hpp"
#include "net/http/name_resolver.hpp"

namespace troupe::net::http {

/// The addresses behind one name and port, for one network thread, on which it must end.
class resolution final : public std::enable_shared_from_this<resolution>, private deadline_wheel::entry {
public:
  using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
  /// An empty list comes with the reason.
  using taker = std::function<void(const endpoints&, const std::string& fault)>;

  /// Longest wait for an answer: enough for a second name server when the first one is dead.
  static constexpr std::chrono::seconds limit{10};

  resolution(boost::asio::io_context& context, deadline_wheel& deadlines, name_resolver& names, std::string host,
             std::uint16_t port);

  /// Calls `t`, at once when the host is an address.
  void get(taker t);

  /// The addresses didn't serve: the next one asks again.
  void forget();

  /// Calls nobody any more.
  void close();

private:
  void on_deadline() override;
  void resolved(const name_answer& answer);
  void tell(const endpoints& found, const std::string& fault);

  boost::asio::io_context& context_;
  deadline_wheel& deadlines_;
  name_resolver& names_;
  std::string host_;
  std::uint16_t port_;
  endpoints literal_; ///< when the host is an address
  std::vector<taker> waiting_;
};

} // namespace troupe::net::http
