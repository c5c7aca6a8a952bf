#include "net/http/resolution.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace troupe::net::http {

resolution::resolution(boost::asio::io_context& context, deadline_wheel& deadlines, name_resolver& names,
                       std::string host, std::uint16_t port)
    : context_{context}, deadlines_{deadlines}, names_{names}, host_{std::move(host)}, port_{port} {
  boost::system::error_code ec;
  if (auto address = boost::asio::ip::make_address(host_, ec); !ec)
    literal_ = {{address, port_}};
}

void resolution::get(taker t) {
  if (!literal_.empty())
    return t(literal_, {});
  waiting_.push_back(std::move(t));
  if (waiting_.size() > 1)
    return;
  deadlines_.set(*this, limit);
  names_.find(host_, [&context = context_, weak = weak_from_this()](const name_answer& answer) {
    boost::asio::post(context, [weak, answer] {
      if (auto self = weak.lock())
        self->resolved(answer);
    });
  });
}

void resolution::resolved(const name_answer& answer) {
  endpoints found;
  for (const auto& address : answer.addresses)
    found.emplace_back(address, port_);
  tell(found, found.empty() ? "the name " + host_ + " isn't known: " + answer.fault : std::string{});
}

void resolution::on_deadline() {
  tell({}, "the name " + host_ + " isn't resolved within its time limit");
}

void resolution::tell(const endpoints& found, const std::string& fault) {
  deadline_wheel::clear(*this);
  for (auto& t : std::exchange(waiting_, {}))
    t(found, fault);
}

void resolution::forget() {
  names_.forget(host_);
}

void resolution::close() {
  waiting_.clear();
  deadline_wheel::clear(*this);
}

} // namespace troupe::net::http
