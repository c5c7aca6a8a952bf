#include "net/http/connection.hpp"

#include <algorithm>
#include <utility>

#include "config/log.hpp"
#include "net/http/exchange.hpp"
#include "net/http/request_id.hpp"
#include "net/http/response_writer.hpp"
#include "net/http/shard.hpp"

namespace troupe::net::http {

namespace {

constexpr std::size_t linger_bytes = 1 << 20;
constexpr std::size_t scratch_limit = 64 << 10;

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

void connection::go_on(std::string_view early) {
  while (!early.empty()) {
    in_.make_room();
    auto count = early.copy(in_.tail(), in_.room());
    in_.commit(count);
    early.remove_prefix(count);
  }
  time(limit::idle, home_.parts.settings.idle_timeout);
  if (home_.is_draining())
    drain();
  if (phase_ != phase::closed)
    pump();
}

/// Uses what was read, sends the answers, and reads on when more is wanted.
void connection::pump() {
  for (;;) {
    consume();
    if (!flush())
      return;
    if (phase_ == phase::yielding)
      return hand_over();
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
  const bool watched = x.match.found->when_gone == leaving::told;
  if (watched) {
    x.gone = std::stop_source{};
    x.in.gone = x.gone.get_token();
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
  else if (watched)
    watch_peer();
}

void connection::answered(exchange& x) {
  if (&x != exchange_ || phase_ != phase::answering)
    return;
  auto self = shared_from_this(); // the shard lets go of what closes
  finish(x);
  pump();
}

/// Makes an answer of what isn't one.
void connection::check(exchange& x) {
  if (x.was_abandoned()) {
    config::log::error("reply_dropped", "a request's handler ended without an answer",
                       {{"correlation_id", x.in.id}, {"route", std::string_view{x.match.path->pattern}}});
    x.out = failed(x);
  } else if (!is_sendable(x.out)) {
    config::log::error("response_invalid", "a handler's answer can't be sent: bad status or header field",
                       {{"correlation_id", x.in.id}, {"route", std::string_view{x.match.path->pattern}}});
    x.out = failed(x);
  } else if (x.out.status == 101 && !parser_->is_version_11()) {
    x.out = problem(400, "Only a request of HTTP/1.1 can change the protocol.", x.in.id);
  }
}

void connection::finish(exchange& x) {
  auto& parts = home_.parts;
  auto now = deadline_wheel::clock::now();
  check(x);
  bool streams = x.out.then && x.out.status != 101;
  chunked_ = streams && parser_->is_version_11();
  closing_ = closing_ || !parser_->keep_alive() || home_.is_draining() || (streams && !chunked_);
  response_frame frame;
  frame.request_id = x.in.id;
  frame.date = home_.date();
  frame.keep_alive = !closing_;
  frame.version_11 = parser_->is_version_11();
  frame.head_only = x.in.method == "HEAD";
  frame.framing = chunked_ ? body_framing::chunked : streams ? body_framing::until_close : body_framing::counted;
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
  then_ = frame.head_only ? nullptr : std::move(x.out.then);
  put_down_request();
  if (then_)
    phase_ = phase::yielding;
}

/// The end of this connection, not of its socket.
void connection::hand_over() {
  auto self = shared_from_this();
  phase_ = phase::closed;
  deadline_wheel::clear(*this);
  if (reading_)
    wire_.cancel();
  auto successor = then_->begin({home_, std::move(wire_), std::move(remote_address_), !closing_, chunked_});
  home_.replace(*this, successor);
  successor->start(std::string{in_.view()});
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

} // namespace troupe::net::http
