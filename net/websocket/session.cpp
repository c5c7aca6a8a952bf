#include "net/websocket/session.hpp"

#include <utility>

namespace troupe::net::websocket {

using kind = http::channel::letter::kind;

bool session::send(http::shared_bytes frame) const {
  const auto to = to_.lock();
  return to && to->send(std::move(frame));
}

void session::admit() const {
  if (const auto to = to_.lock())
    to->ask(kind::admit);
}

void session::close(std::uint16_t number, std::string_view reason) const {
  if (const auto to = to_.lock())
    to->ask(kind::end, make_close_frame(number, reason));
}

std::size_t session::queued() const noexcept {
  const auto to = to_.lock();
  return to && to->is_open() ? to->queued() : 0;
}

bool session::is_open() const noexcept {
  const auto to = to_.lock();
  return to && to->is_open();
}

} // namespace troupe::net::websocket
