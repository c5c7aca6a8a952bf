#include "net/http/stream_connection.hpp"

#include <charconv>
#include <exception>
#include <utility>

#include "config/log.hpp"
#include "net/http/shard.hpp"

namespace troupe::net::http {

namespace {

constexpr std::size_t max_early = 64 << 10;

shared_bytes chunk_head(std::size_t size) {
  char text[20];
  auto* end = std::to_chars(text, text + 16, size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  return shared_bytes{{text, static_cast<std::size_t>(end - text)}};
}

const shared_bytes& chunk_end() {
  static const shared_bytes text{"\r\n"};
  return text;
}

const shared_bytes& last_chunk() {
  static const shared_bytes text{"0\r\n\r\n"};
  return text;
}

} // namespace

stream_connection::stream_connection(takeover::heritage&& left, std::shared_ptr<const stream_parts> parts,
                                     std::unique_ptr<stream_listener> ears)
    : channel{std::move(left), parts->bounds}, parts_{std::move(parts)}, ears_{std::move(ears)},
      remote_address_{std::move(left.remote_address)}, keep_alive_{left.keep_alive}, chunked_{left.chunked} {}

/// Calls the listener; when that throws, the client sees that the response isn't whole.
template <class F>
void stream_connection::tell(F f) {
  try {
    f(*ears_);
    return;
  } catch (const std::exception& fault) {
    config::log::error("stream_listener_failed", "the listener of a streamed response threw",
                       {{"fault", std::string_view{fault.what()}}});
  } catch (...) {
    config::log::error("stream_listener_failed", "the listener of a streamed response threw something unknown", {});
  }
  close();
}

void stream_connection::on_start() {
  home().parts.probe.stream_opened();
  sent_before_ = sent();
  begin_ticking();
  tell([this](stream_listener& l) { l.on_open(stream{weak_from_this()}); });
}

/// The next request may come while the answer to this one is written.
void stream_connection::on_bytes(char* bytes, std::size_t size) {
  if (early_.size() + size > max_early)
    return close();
  early_.append(bytes, size);
}

void stream_connection::on_tick() {
  if (sent() == sent_before_ && !has_output() && pending_.empty())
    send_heartbeat();
  sent_before_ = sent();
}

void stream_connection::send_heartbeat() {
  auto& beat = parts_->heartbeat;
  if (beat.empty())
    return;
  if (chunked_)
    push(chunk_head(beat.size()));
  push(beat);
  if (chunked_)
    push(chunk_end());
}

void stream_connection::on_writable() {
  tell([](stream_listener& l) { l.on_writable(); });
}

void stream_connection::on_letter(letter& l) {
  if (l.what == letter::kind::end)
    end();
}

void stream_connection::on_send(shared_bytes bytes) {
  if (!bytes.empty())
    pending_.push_back(std::move(bytes));
}

void stream_connection::before_sending() {
  if (pending_.empty())
    return;
  std::size_t size = 0;
  for (auto& each : pending_)
    size += each.size();
  if (chunked_)
    push(chunk_head(size));
  for (auto& each : std::exchange(pending_, {}))
    put(std::move(each));
  if (chunked_)
    push(chunk_end());
}

void stream_connection::end() {
  before_sending();
  if (chunked_)
    push(last_chunk());
  begin_farewell();
}

void stream_connection::drain() {
  keep_alive_ = false;
  ask(letter::kind::end); // behind what was sent before
}

void stream_connection::on_all_said() {
  complete_ = true;
  if (keep_alive_ && !home().is_draining())
    return go_on();
  if (early_.empty())
    return end_and_close();
  end_output(); // to close with something unread would reset the connection
}

void stream_connection::go_on() {
  const auto self = shared_from_this();
  auto& shard = home();
  auto wire = let_go();
  on_closed();
  shard.adopt(std::move(wire), std::move(remote_address_), early_, *this);
}

void stream_connection::on_closed() {
  home().parts.probe.stream_closed();
  if (const auto ears = std::move(ears_)) {
    try {
      ears->on_closed(complete_);
    } catch (const std::exception& fault) {
      config::log::error("stream_listener_failed", "the listener of a streamed response threw at its end",
                         {{"fault", std::string_view{fault.what()}}});
    }
  }
}

} // namespace troupe::net::http
