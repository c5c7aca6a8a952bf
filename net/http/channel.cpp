#include "net/http/channel.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/post.hpp>
#include <sys/uio.h>

#include "net/http/channel_inbox.hpp"
#include "net/http/shard.hpp"

namespace troupe::net::http {

namespace {

constexpr int reads_at_a_time = 16;
constexpr std::size_t pieces_at_a_time = 64;
constexpr std::uint64_t least_rate = 1 << 10; ///< bytes a second at which a peer must take what is left at the end

} // namespace

channel::channel(takeover::heritage&& left, const limits& l)
    : home_{left.home}, limits_{l}, wire_{std::move(left.wire)}, inbox_{left.home.mail} {}

bool channel::send(shared_bytes bytes) {
  if (!is_open())
    return false;
  const auto size = bytes.size();
  if (queued_.fetch_add(size) < limits_.queue)
    return inbox_->put({shared_from_this(), letter::kind::send, std::move(bytes)});
  queued_.fetch_sub(size);
  refused_.store(true);
  // Room may have come before the network thread could see that it is waited for.
  if (queued_.load() <= limits_.queue / 2 && refused_.exchange(false))
    inbox_->put({shared_from_this(), letter::kind::writable, {}});
  return false;
}

void channel::ask(letter::kind what, shared_bytes bytes) {
  if (is_open())
    inbox_->put({shared_from_this(), what, std::move(bytes)});
}

void channel::start(std::string early) {
  on_start();
  if (!early.empty() && !is_closed())
    on_bytes(early.data(), early.size());
  if (!is_closed() && home_.is_draining())
    drain();
  flush();
  read();
}

void channel::deliver(letter& l) {
  switch (l.what) {
  case letter::kind::send:
    if (says_farewell())
      queued_.fetch_sub(l.bytes.size());
    else
      on_send(std::move(l.bytes));
    return;
  case letter::kind::writable:
    if (!says_farewell())
      on_writable();
    return;
  default:
    if (!says_farewell())
      on_letter(l);
  }
}

void channel::read() {
  for (int i = 0; i < reads_at_a_time && !is_closed(); ++i) {
    const auto space = home_.read_space();
    std::size_t count = 0;
    switch (const auto result = wire_->read(space.data(), space.size(), count)) {
    case attempt::done:
      if (phase_ != phase::ended)
        on_bytes(space.data(), count);
      flush();
      if (!is_closed() && !wire_->is_secure() && count < space.size())
        return wait_to_read(attempt::want_read);
      break;
    case attempt::want_read:
    case attempt::want_write:
      return wait_to_read(result);
    default:
      return close();
    }
  }
  if (!is_closed())
    boost::asio::post(home_.context, [self = shared_from_this()] { self->read(); }); // others have their turn first
}

void channel::wait_to_read(attempt what) {
  wire_->wait(what, [self = shared_from_this()](const boost::system::error_code& ec) {
    if (self->is_closed())
      return;
    if (ec)
      self->close();
    else
      self->read();
  });
}

void channel::wait_to_send(attempt what) {
  sending_ = true;
  wire_->wait(what, [self = shared_from_this()](const boost::system::error_code& ec) {
    self->sending_ = false;
    if (self->is_closed())
      return;
    if (ec)
      self->close();
    else
      self->flush();
  });
}

void channel::flush() {
  if (is_closed() || sending_)
    return;
  const auto self = shared_from_this();
  for (before_sending(); !out_.empty(); before_sending()) {
    std::size_t count = 0;
    const auto result = send_some(count);
    took(count);
    if (result == attempt::want_read || result == attempt::want_write) {
      wait_to_send(result);
      return tell_room();
    }
    if (result != attempt::done)
      return close();
  }
  tell_room();
  if (phase_ == phase::farewell)
    on_all_said();
}

/// Many pieces go out with one call of the system, and in one record of TLS.
attempt channel::send_some(std::size_t& count) {
  const auto piece = [this](std::size_t i) { return out_[first_ + i].view().substr(i == 0 ? first_sent_ : 0); };
  const auto pieces = std::min(out_.size() - first_, pieces_at_a_time);
  if (!wire_->is_secure()) {
    std::array<iovec, pieces_at_a_time> parts;
    for (std::size_t i = 0; i < pieces; ++i)
      parts[i] = {const_cast<char*>(piece(i).data()), piece(i).size()};
    return wire_->write({parts.data(), pieces}, count);
  }
  const auto space = home_.read_space(); // nothing that was read is in use here
  std::size_t size = 0;
  for (std::size_t i = 0; i < pieces && size < max_record; ++i)
    size += piece(i).copy(space.data() + size, max_record - size);
  return wire_->write({space.data(), size}, count);
}

void channel::took(std::size_t count) {
  queued_.fetch_sub(count);
  for (count += first_sent_; first_ < out_.size() && count >= out_[first_].size(); ++first_) {
    count -= out_[first_].size();
    out_[first_] = {};
  }
  first_sent_ = static_cast<std::uint32_t>(count);
  if (first_ == out_.size()) {
    std::vector<shared_bytes>{}.swap(out_);
    first_ = 0;
  } else if (first_ >= pieces_at_a_time && first_ >= out_.size() / 2) {
    out_.erase(out_.begin(), out_.begin() + first_);
    first_ = 0;
  }
}

void channel::tell_room() {
  if (queued_.load() <= limits_.queue / 2 && refused_.load() && refused_.exchange(false) && !says_farewell())
    on_writable();
}

void channel::push(shared_bytes bytes) {
  queued_.fetch_add(bytes.size());
  put(std::move(bytes));
}

void channel::put(shared_bytes bytes) {
  if (!bytes.empty())
    out_.push_back(std::move(bytes));
}

void channel::begin_farewell() {
  open_.store(false);
  phase_ = phase::farewell;
  taken_ = wire_->delivered();
  set_deadline(limits_.farewell);
}

void channel::end_output() {
  wire_->shutdown_send();
  phase_ = phase::ended;
}

void channel::end_and_close() {
  wire_->shutdown_send();
  close();
}

transport channel::let_go() {
  auto wire = std::move(*wire_);
  wire.cancel();
  leave();
  return wire;
}

void channel::close() {
  if (is_closed())
    return;
  const auto self = shared_from_this();
  wire_->close();
  leave();
  home_.remove(*this);
  on_closed();
}

/// Everything that must not be touched by the thread on which the last handle goes away.
void channel::leave() {
  phase_ = phase::closed;
  open_.store(false);
  deadline_wheel::remove(*this);
  wire_.reset();
  std::vector<shared_bytes>{}.swap(out_);
}

void channel::set_deadline(std::chrono::milliseconds after) {
  home_.deadlines.set(*this, deadline_wheel::clock::now() + after);
}

/// Whether the peer has taken nothing of what waited for it already when this was asked last.
bool channel::is_stuck() {
  const auto taken = wire_->delivered();
  const bool owing = taken < wire_->sent() || has_output();
  const bool stuck = owing && owing_ && taken == taken_;
  taken_ = taken;
  owing_ = owing;
  return stuck;
}

void channel::on_deadline() {
  const auto self = shared_from_this();
  if (phase_ == phase::open) {
    looks_ = !looks_;
    if (looks_ && is_stuck()) {
      home_.parts.probe.timed_out(time_limit::send);
      return close();
    }
    begin_ticking();
    on_tick();
    return flush();
  }
  const auto least =
      std::max<std::uint64_t>(least_rate * static_cast<std::uint64_t>(limits_.farewell.count()) / 1'000, 1);
  const auto before = std::exchange(taken_, wire_->delivered());
  if (!has_output() || taken_ < before + least)
    return close();
  set_deadline(limits_.farewell);
}

} // namespace troupe::net::http
