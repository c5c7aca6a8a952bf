#include "net/http/client_connection.hpp"

#include <utility>

#include "net/http/client_pool.hpp"

namespace troupe::net::http {

namespace {

constexpr unsigned max_interim = 16;

} // namespace

client_connection::client_connection(client_pool& home) : home_{home}, wire_{tcp_socket{home.context()}, nullptr} {}

void client_connection::open(std::shared_ptr<pending_call> c) {
  call_ = std::move(c);
  call_->at = pending_call::state::connecting;
  call_->on = this;
  connect_deadline_ = deadline_wheel::clock::now() + call_->connect_timeout;
  home_.deadlines().set(*this, connect_deadline_);
  home_.addresses().get([self = shared_from_this()](const resolution::endpoints& found, const std::string& fault) {
    if (self->phase_ != phase::resolving)
      return;
    self->endpoints_ = found;
    self->connect_fault_ = fault;
    self->phase_ = phase::connecting;
    self->connect_next();
  });
}

void client_connection::carry(std::shared_ptr<pending_call> c) {
  auto self = shared_from_this();
  call_ = std::move(c);
  call_->at = pending_call::state::connecting;
  call_->on = this;
  reused_ = true;
  begin_call();
}

void client_connection::close() {
  if (phase_ == phase::closed)
    return;
  auto self = shared_from_this();
  phase_ = phase::closed;
  deadline_wheel::clear(*this);
  wire_.close();
  home_.removed(*this);
}

std::shared_ptr<pending_call> client_connection::give_up_call() {
  return std::exchange(call_, nullptr);
}

/// Tries one address after the other, each with its share of the time that is left.
void client_connection::connect_next() {
  auto now = deadline_wheel::clock::now();
  if (endpoint_ == endpoints_.size() || now >= connect_deadline_) {
    home_.addresses().forget();
    return fail(call_fault::unreachable, connect_fault_);
  }
  auto share = (connect_deadline_ - now) / static_cast<std::int64_t>(endpoints_.size() - endpoint_);
  home_.deadlines().set(*this, now + share);
  auto attempt_number = ++endpoint_;
  wire_.async_connect(endpoints_[attempt_number - 1],
                      [self = shared_from_this(), attempt_number](const boost::system::error_code& ec) {
                        if (self->phase_ != phase::connecting || self->endpoint_ != attempt_number)
                          return; // its time was up
                        if (!ec)
                          return self->connected();
                        self->connect_fault_ = "can't connect: " + ec.message();
                        self->wire_.close();
                        self->connect_next();
                      });
}

void client_connection::connected() {
  wire_.send_at_once();
  if (!home_.tls())
    return begin_call();
  auto session = make_client_session(*home_.tls(), wire_.native_handle(), home_.origin().host);
  if (!session)
    return fail(call_fault::unreachable, "TLS can't be set up: " + take_tls_error());
  wire_.secure(std::move(session));
  phase_ = phase::handshaking;
  home_.deadlines().set(*this, connect_deadline_);
  shake_hands();
}

void client_connection::shake_hands() {
  switch (auto result = wire_.handshake()) {
  case attempt::done:
    return begin_call();
  case attempt::want_read:
  case attempt::want_write:
    return wait(result, &client_connection::shake_hands);
  case attempt::closed:
    return fail(call_fault::unreachable, "the peer closed the connection during the TLS handshake");
  case attempt::broken:
    return fail(call_fault::unreachable, wire_.fault());
  }
}

void client_connection::begin_call() {
  phase_ = phase::calling;
  deadline_wheel::clear(*this);
  if (call_->stream)
    home_.deadlines().set(*this, call_->stream->first_timeout);
  response_ = {};
  prepare_for_response();
  size_ = call_->wire.size();
  sent_ = 0;
  sent_before_ = wire_.sent();
  interim_ = 0;
  got_bytes_ = false;
  progressed_ = false;
  send_more();
  receive();
}

void client_connection::send_more() {
  while (phase_ == phase::calling && sent_ < size_) {
    std::size_t count = 0;
    auto result = wire_.write(std::string_view{call_->wire}.substr(sent_), count);
    sent_ += count;
    if (wire_.sent() != sent_before_)
      call_->at = pending_call::state::sent;
    if (result == attempt::want_read || result == attempt::want_write)
      return wait(result, &client_connection::send_more);
    if (result != attempt::done) {
      if (call_->at != pending_call::state::sent)
        return break_off(wire_.fault());
      deaf_ = true; // it may have answered before it closed, which reading tells
      return;
    }
  }
  if (phase_ == phase::calling && !(reused_ && call_->is_safe))
    std::string{}.swap(call_->wire); // won't be sent again
}

void client_connection::receive() {
  if (receiving_)
    return;
  receiving_ = true;
  auto self = shared_from_this();
  while (phase_ == phase::calling || phase_ == phase::idle) {
    if (!in_.empty())
      on_bytes();
    if (reading_ || !(phase_ == phase::calling || phase_ == phase::idle))
      break;
    // Plain bytes stay in the socket until they are wanted: a read under way could take what a peer says unasked just
    // before the connection is looked over for the next call, which would then have it for its response.
    if (!wire_.is_secure() && !readable_) {
      reading_ = true;
      if (phase_ == phase::idle)
        in_.release();
      wait(attempt::want_read, &client_connection::on_readable);
      break;
    }
    in_.make_room();
    if (filled_ && in_.empty())
      in_.grow();
    auto room = in_.room();
    std::size_t count = 0;
    auto result = wire_.read(in_.tail(), room, count);
    in_.commit(count);
    filled_ = count == room;
    // A stream that comes faster than it is taken lets other connections have their turn.
    readable_ = filled_ && !(call_ && call_->stream);
    if (result == attempt::closed) {
      on_end_of_input();
    } else if (result == attempt::broken) {
      break_off(wire_.fault());
    } else if (result != attempt::done) {
      reading_ = true;
      wait(result, &client_connection::on_readable);
    }
  }
  receiving_ = false;
}

void client_connection::on_readable() {
  reading_ = false;
  readable_ = true;
  receive();
}

void client_connection::on_bytes() {
  if (phase_ == phase::idle)
    return close(); // nobody asked for anything
  got_bytes_ = true;
  while (!in_.empty()) {
    std::size_t used = 0;
    auto step = parser_->put(in_.view(), used);
    in_.consume(used);
    if (step == response_parser::step::refused)
      return fail(call_fault::bad_response, std::string{parser_->detail()});
    if (call_->stream && parser_->has_head() && !parser_->is_interim() && !hand_over())
      return;
    if (step == response_parser::step::more)
      return;
    if (!parser_->is_interim())
      return complete();
    if (++interim_ > max_interim)
      return fail(call_fault::bad_response, "there are too many interim responses");
    prepare_for_response();
  }
}

void client_connection::prepare_for_response() {
  const auto limit = call_->stream ? call_->stream->max_body : home_.settings().max_response;
  parser_.emplace(limit, call_->head_only, response_);
}

/// Gives what has come of a streamed body to who takes it. False when that has ended the call.
bool client_connection::hand_over() {
  const auto said = call_->hand_over(response_);
  if (said == uptake::enough) {
    fail(call_fault::cancelled, "no more was wanted of the response");
    return false;
  }
  if (said == uptake::progress) {
    progressed_ = true;
    home_.deadlines().set(*this, call_->stream->silence_timeout);
  } else if (!call_->has_taker()) {
    deadline_wheel::clear(*this);
    if (response_.body.size() > home_.settings().max_response) {
      fail(call_fault::bad_response, "the response is larger than allowed");
      return false;
    }
  }
  return true;
}

void client_connection::on_end_of_input() {
  if (phase_ == phase::calling && parser_->put_end() == response_parser::step::complete)
    return complete();
  break_off("the peer closed the connection before its response was complete");
}

void client_connection::complete() {
  bool reusable = parser_->keep_alive() && in_.empty() && sent_ == size_ && !deaf_;
  parser_.reset();
  auto finished = give_up_call();
  auto response = std::exchange(response_, {});
  if (reusable) {
    phase_ = phase::idle;
    filled_ = false;
    in_.fit();
    home_.deadlines().set(*this, home_.idle_time());
    home_.released(*this);
  } else {
    close();
  }
  finished->finish(std::move(response));
}

void client_connection::fail(call_fault why, const std::string& detail) {
  auto failed = give_up_call();
  auto where = home_.origin().authority();
  close();
  if (failed)
    failed->fail(why, where + ": " + detail);
}

/// The connection is lost. What that means for the call depends on what had passed.
void client_connection::break_off(const std::string& detail) {
  if (!call_)
    return close();
  bool sent = call_->at == pending_call::state::sent;
  if (reused_ && !got_bytes_ && !call_->was_retried && (!sent || call_->is_safe)) {
    auto again = give_up_call();
    close();
    return home_.retry(std::move(again));
  }
  fail(sent ? call_fault::unknown_outcome : call_fault::unreachable, detail);
}

void client_connection::on_deadline() {
  auto self = shared_from_this();
  switch (phase_) {
  case phase::resolving:
    return fail(call_fault::unreachable, "the name isn't resolved within the time limit for connecting");
  case phase::connecting:
    connect_fault_ = "no connection within the time limit";
    wire_.close();
    return connect_next();
  case phase::handshaking:
    return fail(call_fault::unreachable, "no TLS handshake within the time limit for connecting");
  case phase::calling: // of a streamed response
    return fail(call_fault::unknown_outcome, progressed_ ? "nothing more of the response came within its time limit"
                                                         : "nothing of the response came within its time limit");
  case phase::idle:
    return close();
  case phase::closed:
    return;
  }
}

void client_connection::wait(attempt what, void (client_connection::*then)()) {
  wire_.wait(what, [self = shared_from_this(), then](const boost::system::error_code& ec) {
    if (self->phase_ == phase::closed)
      return;
    if (ec)
      self->break_off(ec.message());
    else
      ((*self).*then)();
  });
}

} // namespace troupe::net::http
