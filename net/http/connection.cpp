#include "net/http/connection.hpp"

#include <algorithm>

#include "config/log.hpp"
#include "net/http/exchange.hpp"
#include "net/http/request_id.hpp"
#include "net/http/response_writer.hpp"
#include "net/http/shard.hpp"

namespace troupe::net::http {

namespace {

using namespace std::chrono_literals;

constexpr auto linger_time = 2s;
constexpr std::size_t linger_bytes = 1 << 20;
constexpr std::size_t scratch_limit = 64 << 10;
constexpr std::size_t kept_scratch = 256 << 10;
constexpr std::uint64_t least_rate = 1 << 10; ///< bytes a second at which a peer must take its answer

response failed(const exchange& x) {
  return problem(500, "The request failed; the log knows more under its correlation id.", x.in.id);
}

} // namespace

connection::connection(shard& home, transport wire, std::string remote_address)
    : home_{home}, wire_{std::move(wire)}, remote_address_{std::move(remote_address)} {}

connection::~connection() {
  if (exchange_)
    exchange_->release();
}

void connection::start() {
  // A connection that was opened to send nothing isn't worth the patience that one between requests gets.
  auto patience = home_.parts.settings.header_timeout;
  if (wire_.is_secure()) {
    phase_ = phase::handshaking;
    time(limit::handshake, patience);
    shake_hands();
  } else {
    time(limit::idle, std::min(patience, home_.parts.settings.idle_timeout));
    pump();
  }
}

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

/// Uses what was read, sends the answers, and reads on when more is wanted.
void connection::pump() {
  for (;;) {
    consume();
    if (!flush())
      return;
    if (closing_ && phase_ == phase::idle)
      end();
    if (phase_ == phase::answering || phase_ == phase::closed)
      return;
    if (end_of_input_)
      return on_end_of_input();
    if (!receive())
      return;
  }
}

void connection::consume() {
  if (reading_ || !out_.empty())
    return; // the buffer isn't to be touched, or the peer is to take its answers first
  if (phase_ == phase::lingering) {
    lingered_ += in_.size();
    in_.consume(in_.size());
    if (lingered_ > linger_bytes)
      close();
    return;
  }
  while (!closing_ && home_.scratch.size() < scratch_limit) {
    if (phase_ == phase::idle && !begin_request())
      return;
    if (phase_ != phase::head && phase_ != phase::body)
      return;
    std::size_t used = 0;
    auto step = parser_->put(in_.view(), used);
    in_.consume(used);
    switch (step) {
    case request_parser::step::more:
      return;
    case request_parser::step::head:
      on_head();
      break;
    case request_parser::step::complete:
      handle();
      break;
    case request_parser::step::refused:
      refuse(parser_->status(), parser_->detail());
      return;
    }
  }
}

/// False when nothing of a request is there.
bool connection::begin_request() {
  while (in_.view().starts_with("\r\n"))
    in_.consume(2); // some clients send an empty line after a body
  if (in_.empty() || in_.view() == "\r")
    return false;
  auto& settings = home_.parts.settings;
  exchange_ = &home_.take_exchange();
  exchange_->of = this;
  exchange_->in.remote_address = remote_address_;
  request_parser::limits limits;
  limits.header = settings.header_limit;
  limits.target = std::min(limits.target, settings.header_limit);
  limits.body = settings.body_limit;
  parser_.emplace(limits, exchange_->in);
  phase_ = phase::head;
  return true;
}

void connection::on_head() {
  auto& x = *exchange_;
  phase_ = phase::body;
  x.match = home_.parts.routes.find(x.in);
  if (!x.match.found)
    parser_->discard_body();
  if (!parser_->expects_continue() || !parser_->has_body() || !in_.empty())
    return;
  if (x.match.found) {
    home_.scratch += "HTTP/1.1 100 Continue\r\n\r\n";
  } else {
    closing_ = unread_ = true; // the peer may send its body all the same
    handle();
  }
}

void connection::handle() {
  auto& x = *exchange_;
  phase_ = phase::answering;
  timed_ = limit::none;
  deadline_wheel::clear(*this);
  x.received = deadline_wheel::clock::now();
  if (!x.match.found) {
    x.out = router::refuse(x.match, x.in);
    return finish(x);
  }
  {
    exchange::handling while_handled{x};
    auto done = x.make_reply();
    try {
      x.match.found->handle(x.in, done);
    } catch (const std::exception& fault) {
      config::log::error("handler_failed", "a request's handler threw",
                         {{"correlation_id", x.in.id},
                          {"route", std::string_view{x.match.path->pattern}},
                          {"fault", std::string_view{fault.what()}}});
      done(failed(x));
    } catch (...) {
      config::log::error("handler_failed", "a request's handler threw something unknown",
                         {{"correlation_id", x.in.id}, {"route", std::string_view{x.match.path->pattern}}});
      done(failed(x));
    }
  }
  if (x.answered_at_once())
    finish(x);
}

void connection::answered(exchange& x) {
  if (&x != exchange_ || phase_ != phase::answering)
    return;
  finish(x);
  pump();
}

void connection::finish(exchange& x) {
  auto& parts = home_.parts;
  auto now = deadline_wheel::clock::now();
  if (x.was_abandoned()) {
    config::log::error("reply_dropped", "a request's handler ended without an answer",
                       {{"correlation_id", x.in.id}, {"route", std::string_view{x.match.path->pattern}}});
    x.out = failed(x);
  } else if (!is_sendable(x.out)) {
    config::log::error("response_invalid", "a handler's answer can't be sent: bad status or header field",
                       {{"correlation_id", x.in.id}, {"route", std::string_view{x.match.path->pattern}}});
    x.out = failed(x);
  }
  closing_ = closing_ || !parser_->keep_alive() || home_.is_draining();
  response_frame frame;
  frame.request_id = x.in.id;
  frame.date = home_.date();
  frame.keep_alive = !closing_;
  frame.version_11 = parser_->is_version_11();
  frame.head_only = x.in.method == "HEAD";
  append_response(home_.scratch, x.out, frame);
  parts.probe.answered(x.match.path, x.in.method, x.out.status, now - x.received);
  if (config::log::enabled(config::log_level::debug))
    config::log::debug(
        "http_request", "a request was answered",
        {{"correlation_id", x.in.id},
         {"method", x.in.method},
         {"route", x.match.path ? std::string_view{x.match.path->pattern} : std::string_view{}},
         {"status", x.out.status},
         {"duration_us", std::chrono::duration_cast<std::chrono::microseconds>(now - x.received).count()}});
  put_down_request();
}

/// Answers what never became a request. Nothing more can be understood on this connection.
void connection::refuse(unsigned status, std::string_view detail) {
  auto& id = exchange_->in.id;
  if (id.empty())
    make_request_id(id);
  response_frame frame;
  frame.request_id = id;
  frame.date = home_.date();
  frame.keep_alive = false;
  append_response(home_.scratch, problem(status, detail, id), frame);
  home_.parts.probe.refused_request(status);
  if (config::log::enabled(config::log_level::debug))
    config::log::debug("http_request_refused", detail, {{"correlation_id", id}, {"status", status}});
  closing_ = unread_ = true;
  put_down_request();
}

void connection::put_down_request() {
  home_.give_back(*std::exchange(exchange_, nullptr));
  parser_.reset();
  phase_ = phase::idle;
  timed_ = limit::none;
  filled_ = false;
  if (!reading_)
    in_.fit();
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
