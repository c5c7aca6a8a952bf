#include "net/http/resolution.hpp"

#include <utility>

namespace troupe::net::http {

namespace {

constexpr std::chrono::seconds remembered{30};

} // namespace

resolution::resolution(boost::asio::io_context& context, std::string host, std::uint16_t port)
    : resolver_{context}, host_{std::move(host)}, port_{port} {
  boost::system::error_code ec;
  if (auto address = boost::asio::ip::make_address(host_, ec); !ec) {
    known_ = {{address, port_}};
    good_until_ = std::chrono::steady_clock::time_point::max();
  }
}

void resolution::get(taker t) {
  if (!known_.empty() && std::chrono::steady_clock::now() < good_until_)
    return t(known_, {});
  waiting_.push_back(std::move(t));
  if (waiting_.size() > 1)
    return;
  using boost::asio::ip::resolver_base;
  resolver_.async_resolve(host_, std::to_string(port_),
                          resolver_base::numeric_service | resolver_base::address_configured,
                          [self = shared_from_this()](const boost::system::error_code& ec, const auto& results) {
                            self->resolved(ec, {results.begin(), results.end()});
                          });
}

void resolution::resolved(const boost::system::error_code& ec, endpoints found) {
  known_ = std::move(found);
  good_until_ = std::chrono::steady_clock::now() + remembered;
  auto fault = known_.empty() ? "the name " + host_ + " isn't known: " + ec.message() : std::string{};
  auto endpoints_now = known_; // one who is called may forget them
  for (auto& t : std::exchange(waiting_, {}))
    t(endpoints_now, fault);
}

void resolution::forget() {
  if (good_until_ != std::chrono::steady_clock::time_point::max())
    known_.clear();
}

void resolution::close() {
  waiting_.clear();
  resolver_.cancel();
}

} // namespace troupe::net::http
