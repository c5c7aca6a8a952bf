#include "net/http/pending_call.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/post.hpp>

#include "config/log.hpp"
#include "net/http/client_pool.hpp"
#include "net/http/text.hpp"

namespace troupe::net::http {

namespace {

bool is_visible(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

/// Why a call can't be sent; empty when it can.
std::string fault_of(const call& what) {
  if (!is_token(what.method))
    return "the method isn't a token";
  if (!(what.target.empty() || what.target.starts_with('/') || what.target.starts_with('?'))
      || !is_visible(what.target))
    return "the target must begin with a slash and be percent-encoded";
  for (auto& [name, value] : what.headers) {
    if (!is_token(name))
      return "the name of a header field isn't a token";
    if (!is_field_value(value))
      return "the header field " + name + " holds a control character";
    if (equal_ignoring_case(name, "Host") || equal_ignoring_case(name, "Content-Length")
        || equal_ignoring_case(name, "Transfer-Encoding") || equal_ignoring_case(name, "Connection"))
      return "the header field " + name + " isn't the caller's";
  }
  return {};
}

bool wants_length(std::string_view method) noexcept {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

std::string write_request(const call& what, std::string_view base, std::string_view authority) {
  std::string out;
  std::size_t size = 160 + what.method.size() + base.size() + what.target.size() + authority.size() + what.body.size();
  for (auto& [name, value] : what.headers)
    size += name.size() + value.size() + 4;
  out.reserve(size);
  out += what.method;
  out += ' ';
  out += base;
  if (base.empty() && !what.target.starts_with('/'))
    out += '/';
  out += what.target;
  out += " HTTP/1.1\r\nHost: ";
  out += authority;
  out += "\r\n";
  bool names_agent = false;
  for (auto& [name, value] : what.headers) {
    names_agent = names_agent || equal_ignoring_case(name, "User-Agent");
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
  if (!names_agent)
    out += "User-Agent: troupe\r\n";
  if (!what.body.empty() || wants_length(what.method)) {
    char digits[24];
    out += "Content-Length: ";
    out.append(digits, std::to_chars(digits, digits + sizeof digits, what.body.size()).ptr);
    out += "\r\n";
  }
  out += "\r\n";
  out += what.body;
  return out;
}

} // namespace

pending_call::pending_call(call&& what, std::string_view base, std::string_view authority,
                           std::function<void(call_result)> done)
    : fault{fault_of(what)}, connect_timeout{what.connect_timeout}, head_only{what.method == "HEAD"},
      is_safe{what.method == "GET" || what.method == "HEAD" || what.may_repeat}, stream{std::move(what.stream)},
      stop_{std::move(what.stop)}, done_{std::move(done)}, deadline_{deadline_wheel::clock::now() + what.timeout} {
  if (fault.empty())
    wire = write_request(what, base, authority);
}

void pending_call::start(client_pool& pool) {
  pool_ = &pool;
  pool.deadlines().set(*this, deadline_);
  if (stop_.stop_possible())
    stop_watch_.emplace(stop_, [home = pool.shared_from_this(), self = weak_from_this()] {
      // Whoever asks to stop is on a thread of its own.
      boost::asio::post(home->context(), [home, self] {
        if (auto call = self.lock(); call && !call->is_finished())
          home->withdraw(*call);
      });
    });
}

uptake pending_call::hand_over(call_response& so_far) {
  try {
    if (auto begin = std::exchange(stream->begin, nullptr))
      taker_ = begin(so_far);
    if (!taker_ || so_far.body.empty())
      return uptake::none;
    const auto result = taker_(so_far.body);
    so_far.body.clear(); // its memory serves the next piece
    return result;
  } catch (const std::exception& fault_thrown) {
    config::log::error("call_continuation_failed", "what takes a response's body threw",
                       {{"fault", std::string_view{fault_thrown.what()}}});
    return uptake::enough;
  }
}

void pending_call::finish(call_result&& result) {
  deadline_wheel::clear(*this);
  stop_watch_.reset();
  auto done = std::exchange(done_, nullptr);
  if (!done)
    return;
  try {
    done(std::move(result));
  } catch (const std::exception& fault_thrown) {
    config::log::error("call_continuation_failed", "what follows a call threw",
                       {{"fault", std::string_view{fault_thrown.what()}}});
  }
}

void pending_call::on_deadline() {
  pool_->expire(*this);
}

} // namespace troupe::net::http
