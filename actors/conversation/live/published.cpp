#include "actors/conversation/live/published.hpp"

#include "net/http/stream.hpp"
#include "net/websocket/frame.hpp"

namespace troupe::actors::conversation {

std::string_view published::type() const noexcept {
  constexpr std::string_view begin = R"({"type":")";
  const std::string_view text = event_.json;
  if (!text.starts_with(begin))
    return {};
  return text.substr(begin.size(), text.find('"', begin.size()) - begin.size());
}

const net::http::shared_bytes& published::websocket_frame() const {
  if (frame_.empty())
    frame_ = net::websocket::make_frame(net::websocket::opcode::text, event_.json);
  return frame_;
}

const net::http::shared_bytes& published::sse() const {
  if (sse_.empty())
    sse_ = net::http::make_event(event_.json, text_of(event_.at));
  return sse_;
}

} // namespace troupe::actors::conversation
