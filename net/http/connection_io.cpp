// The part of a connection that moves bytes and watches the clock; connection.cpp makes requests and answers of them.

#include "net/http/connection.hpp"

#include <algorithm>
#include <utility>

#include "net/http/exchange.hpp"
#include "net/http/shard.hpp"

namespace troupe::net::http {

namespace {

using namespace std::chrono_literals;

constexpr auto linger_time = 2s;
constexpr std::size_t kept_scratch = 256 << 10;
constexpr std::uint64_t least_rate = 1 << 10; ///< bytes a second at which a peer must take its answer

} // namespace

void connection::shake_hands() {
  switch (auto result = wire_.handshake()) {
  case attempt::done:
    phase_ = phase::idle;
    time(limit::idle, std::min(home_.parts.settings.header_timeout, home_.parts.settings.idle_timeout));
    return pump();
  case attempt::want_read:
  case attempt::want_write:
    return wait(result, &connection::shake_hands);
  default:
    home_.parts.probe.failed_handshake();
    close();
  }
}

/// True when something was read or the input has ended; else it goes on by itself later.
bool connection::receive() {
  time_reading();
  if (reading_)
    return false;
  in_.make_room();
  if (phase_ == phase::body && filled_)
    in_.grow();
  auto self = shared_from_this();
  if (!wire_.is_secure()) {
    reading_ = true;
    wire_.async_read(in_.tail(), in_.room(),
                     [self](const boost::system::error_code& ec, std::size_t count) { self->on_read(ec, count); });
    return false;
  }
  std::size_t count = 0;
  auto room = in_.room();
  switch (auto result = wire_.read(in_.tail(), room, count)) {
  case attempt::done:
    in_.commit(count);
    filled_ = count == room;
    return true;
  case attempt::closed:
    end_of_input_ = true;
    return true;
  case attempt::broken:
    close();
    return false;
  default:
    reading_ = true;
    wait(result, &connection::on_readable);
    return false;
  }
}

void connection::on_readable() {
  reading_ = false;
  if (out_.empty())
    pump();
}

void connection::on_read(const boost::system::error_code& ec, std::size_t count) {
  reading_ = false;
  if (phase_ == phase::closed)
    return;
  if (ec == boost::asio::error::eof)
    end_of_input_ = true;
  else if (ec)
    return close();
  filled_ = count == in_.room();
  in_.commit(count);
  if (out_.empty())
    pump();
}

/// While a request is being answered the socket is looked at only to see whether the peer is still there.
void connection::watch_peer() {
  if (!in_.empty() || reading_)
    return;
  reading_ = true;
  wait(attempt::want_read, &connection::look_for_peer);
}

void connection::look_for_peer() {
  if (phase_ != phase::answering)
    return on_readable();
  reading_ = false;
  in_.make_room();
  std::size_t count = 0;
  switch (wire_.read(in_.tail(), in_.room(), count)) {
  case attempt::done: // the next request: what is behind it can't be seen
    return in_.commit(count);
  case attempt::want_read:
  case attempt::want_write:
    return watch_peer();
  case attempt::closed:
    end_of_input_ = true;
    exchange_->gone.request_stop();
    return;
  case attempt::broken:
    return close();
  }
}

/// The peer has closed its direction; it may still want its answers.
void connection::on_end_of_input() {
  if (phase_ != phase::head && phase_ != phase::body)
    return close();
  refuse(400, "The request ends before it is complete.");
  pump();
}

/// True when all is sent. Else the rest goes out as the peer takes it, or the connection is closed.
bool connection::flush() {
  auto& scratch = home_.scratch;
  if (phase_ == phase::closed) {
    scratch.clear();
    return false;
  }
  if (!out_.empty()) {
    out_ += scratch;
    scratch.clear();
    time_sending();
    return false;
  }
  std::size_t sent = 0;
  while (sent < scratch.size()) {
    std::size_t count = 0;
    auto result = wire_.write(std::string_view{scratch}.substr(sent), count);
    sent += count;
    if (result == attempt::done)
      continue;
    if (result == attempt::want_read || result == attempt::want_write) {
      out_.assign(scratch, sent);
      out_sent_ = 0;
      time_sending();
      wait(result, &connection::send_rest);
    } else {
      close();
    }
    break;
  }
  bool all = sent == scratch.size();
  if (scratch.capacity() > kept_scratch)
    std::string{}.swap(scratch);
  scratch.clear();
  return all;
}

void connection::send_rest() {
  while (out_sent_ < out_.size()) {
    std::size_t count = 0;
    auto result = wire_.write(std::string_view{out_}.substr(out_sent_), count);
    out_sent_ += count;
    if (result == attempt::want_read || result == attempt::want_write)
      return wait(result, &connection::send_rest);
    if (result != attempt::done)
      return close();
  }
  std::string{}.swap(out_);
  timed_ = limit::none;
  deadline_wheel::clear(*this);
  pump();
}

/// The last answer is sent. Closing with something unread would reset the connection, and take the answer away from a
/// peer that is still sending.
void connection::end() {
  if (end_of_input_ || (!unread_ && in_.empty())) {
    if (wire_.is_secure())
      wire_.shutdown_send();
    return close();
  }
  wire_.shutdown_send();
  phase_ = phase::lingering;
  consume();
}

void connection::time(limit what, std::chrono::milliseconds after) {
  if (timed_ == what)
    return;
  timed_ = what;
  home_.deadlines.set(*this, after);
}

void connection::time_sending() {
  taken_ = wire_.delivered();
  time(limit::send, home_.parts.settings.body_timeout);
}

/// Whether the peer has taken enough of its answer since it was looked at last.
bool connection::is_taking() {
  auto least = least_rate * static_cast<std::uint64_t>(home_.parts.settings.body_timeout.count()) / 1'000;
  return wire_.delivered() >= taken_ + std::max<std::uint64_t>(least, 1);
}

void connection::time_reading() {
  auto& settings = home_.parts.settings;
  switch (phase_) {
  case phase::idle:
    return time(limit::idle, settings.idle_timeout);
  case phase::head:
    return time(limit::head, settings.header_timeout);
  case phase::body:
    return time(limit::body, settings.body_timeout);
  case phase::lingering:
    return time(limit::linger, linger_time);
  default:
    return;
  }
}

void connection::on_deadline() {
  auto self = shared_from_this();
  auto& probe = home_.parts.probe;
  switch (std::exchange(timed_, limit::none)) {
  case limit::handshake:
    probe.timed_out(time_limit::handshake);
    return close();
  case limit::idle:
    probe.timed_out(time_limit::idle);
    return close();
  case limit::head:
    probe.timed_out(time_limit::head);
    refuse(408, "The header didn't come in time.");
    return pump();
  case limit::body:
    probe.timed_out(time_limit::body);
    refuse(408, "The body didn't come in time.");
    return pump();
  case limit::send:
    if (is_taking())
      return time_sending();
    probe.timed_out(time_limit::send);
    return close();
  case limit::linger:
    return close();
  case limit::none:
    return;
  }
}

void connection::drain() {
  bool quiet = phase_ == phase::handshaking || (phase_ == phase::idle && out_.empty() && !wire_.has_unread());
  closing_ = closing_ || (phase_ == phase::idle && !out_.empty());
  if (quiet)
    close();
}

void connection::close() {
  if (phase_ == phase::closed)
    return;
  phase_ = phase::closed;
  deadline_wheel::clear(*this);
  wire_.close();
  if (auto* x = std::exchange(exchange_, nullptr)) {
    x->of = nullptr;
    x->gone.request_stop();
    x->release();
  }
  home_.remove(*this);
}

void connection::wait(attempt what, void (connection::*then)()) {
  wire_.wait(what, [self = shared_from_this(), then](const boost::system::error_code& ec) {
    if (self->phase_ == phase::closed)
      return;
    if (ec)
      self->close();
    else
      ((*self).*then)();
  });
}

} // namespace troupe::net::http
