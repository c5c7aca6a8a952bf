#include "net/http/exchange.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace troupe::net::http {

namespace {

constexpr std::size_t kept_body = 16 << 10;

} // namespace

thread_local exchange* exchange::current = nullptr;

void exchange::clear() {
  if (in.body.capacity() > kept_body)
    std::string{}.swap(in.body);
  out = {};
  match = {};
  gone = std::stop_source{std::nostopstate};
  in.gone = {};
  of = nullptr;
  at_once_ = abandoned_ = false;
  reuse();
}

void exchange::answer(response&& r) {
  out = std::move(r);
  deliver();
}

void exchange::abandoned() noexcept {
  abandoned_ = true;
  try {
    deliver();
  } catch (...) { // without memory for a wake-up; the peer runs into its own time limit
  }
}

void exchange::deliver() {
  if (current == this)
    at_once_ = true;
  else
    box_->put(*this);
}

inbox::inbox(boost::asio::io_context& context, std::function<void()> wake)
    : context_{context}, wake_{std::move(wake)} {}

void inbox::put(exchange& x) {
  std::lock_guard guard{mutex_};
  if (!open_)
    return;
  x.owners_.fetch_add(1, std::memory_order_relaxed);
  if (last_) {
    last_->next_ = &x;
    last_ = &x;
    return;
  }
  first_ = last_ = &x;
  boost::asio::post(context_, [self = shared_from_this()] {
    if (self->wake_)
      self->wake_();
  });
}

void inbox::close() {
  {
    std::lock_guard guard{mutex_};
    open_ = false;
  }
  wake_ = nullptr;
  take([](exchange& x) { x.release(); });
}

exchange* inbox::take_all() noexcept {
  std::lock_guard guard{mutex_};
  last_ = nullptr;
  return std::exchange(first_, nullptr);
}

} // namespace troupe::net::http
