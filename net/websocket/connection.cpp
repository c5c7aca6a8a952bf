#include "net/websocket/connection.hpp"

#include <exception>
#include <utility>

#include "config/log.hpp"

namespace troupe::net::websocket {

connection::connection(http::takeover::heritage&& left, std::shared_ptr<endpoint_parts> parts,
                       std::unique_ptr<listener> ears, bool admitted)
    : channel{std::move(left), parts->bounds}, parts_{std::move(parts)}, ears_{std::move(ears)},
      reader_{admitted ? parts_->rules.message_limit : parts_->rules.early_limit}, admitted_{admitted} {}

/// Calls the listener; what it throws ends the session.
template <class F>
void connection::tell(F f) {
  try {
    f(*ears_);
    return;
  } catch (const std::exception& fault) {
    config::log::error("websocket_listener_failed", "the listener of a WebSocket session threw",
                       {{"fault", std::string_view{fault.what()}}});
  } catch (...) {
    config::log::error("websocket_listener_failed", "the listener of a WebSocket session threw something unknown", {});
  }
  deaf_ = true;
  end_with(code::internal_error, "The server failed.");
}

void connection::on_start() {
  parts_->count.opened();
  if (admitted_)
    begin_ticking();
  else
    set_deadline(parts_->rules.early_timeout);
  tell([this](listener& l) { l.on_open(session{weak_from_this()}); });
}

void connection::on_bytes(char* bytes, std::size_t size) {
  heard_ = true;
  while (size > 0 && !deaf_) {
    std::size_t used = 0;
    const auto what = reader_.put(bytes, size, used);
    bytes += used;
    size -= used;
    if (what != frame_reader::step::more)
      on_frame(what);
  }
  reader_.rest();
}

void connection::on_frame(frame_reader::step what) {
  using step = frame_reader::step;
  const auto payload = reader_.payload();
  if (what != step::failed)
    parts_->count.frame_in(payload.size());
  switch (what) {
  case step::text:
    amid_ = 0;
    if (!says_farewell())
      tell([payload](listener& l) { l.on_message(payload); });
    return;
  case step::binary:
    return reject(code::unsupported_data, "Messages must be text.");
  case step::ping:
    pong_ = make_frame(opcode::pong, payload);
    return;
  case step::close:
    deaf_ = peer_closed_ = true;
    return end_with(reader_.code(), payload); // what the client said is sent back
  case step::failed:
    return reject(reader_.code(), payload);
  default:
    return;
  }
}

/// The client broke a rule: what it sends from now on can't be understood, or needn't.
void connection::reject(std::uint16_t number, std::string_view reason) {
  parts_->count.rejected(number);
  deaf_ = true;
  end_with(number, reason);
}

/// Takes the way of everything that is sent, and so goes out behind the answers to what came before.
void connection::end_with(std::uint16_t number, std::string_view reason) {
  ask(letter::kind::end, make_close_frame(number, reason));
}

void connection::say_close(http::shared_bytes frame) {
  last_ = frame;
  before_sending(); // a ping that came before is answered before
  send_own(std::move(frame));
  begin_farewell();
}

void connection::drain() {
  end_with(code::going_away, "The server is stopping.");
}

void connection::on_tick() {
  if (!admitted_)
    return reject(code::policy_violation, "The client didn't show in time who it is.");
  constexpr std::uint8_t whole = 3; // ticks that are the time to keep alive apart: the first and the third
  amid_ = reader_.is_amid() ? amid_ + 1 : 0;
  if (amid_ == whole)
    return reject(code::policy_violation, "A message didn't come to its end in time.");
  silent_ = std::exchange(heard_, false) ? 0 : silent_ + 1;
  if (silent_ == whole)
    close();
  else if (silent_ == 1)
    send_own(make_frame(opcode::ping, {}));
}

void connection::on_writable() {
  tell([](listener& l) { l.on_writable(); });
}

void connection::on_letter(letter& l) {
  if (l.what == letter::kind::end)
    return say_close(std::move(l.bytes));
  if (std::exchange(admitted_, true))
    return;
  reader_.limit_messages(parts_->rules.message_limit);
  begin_ticking();
}

void connection::on_send(http::shared_bytes frame) {
  parts_->count.frame_out(frame.size());
  put(std::move(frame));
}

void connection::send_own(http::shared_bytes frame) {
  parts_->count.frame_out(frame.size());
  push(std::move(frame));
}

void connection::before_sending() {
  // Behind a client that takes nothing only the latest answer waits, however many pings it sends.
  if (!pong_.empty() && !has_output() && !says_farewell())
    send_own(std::exchange(pong_, {}));
}

void connection::on_all_said() {
  if (peer_closed_)
    end_and_close();
  else if (deaf_)
    end_output();
}

void connection::on_closed() {
  std::uint16_t number = code::abnormal;
  std::string_view reason;
  if (!last_.empty()) {
    const auto payload = last_.view().substr(2); // a close frame's head has no more
    number = code::none_given;
    if (payload.size() >= 2) {
      number = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8
                                          | static_cast<unsigned char>(payload[1]));
      reason = payload.substr(2);
    }
  }
  parts_->count.closed(number);
  tell([&](listener& l) { l.on_closed(number, reason); });
  ears_.reset();
}

} // namespace troupe::net::websocket
