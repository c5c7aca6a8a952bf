#include "actors/api/chat/client_events.hpp"

#include <algorithm>
#include <cstdint>

#include "actors/conversation/progress.hpp"
#include "actors/text/json_text.hpp"

namespace troupe::actors::api::chat {

namespace {

json_text begin(std::string_view name) {
  json_text out;
  out.begin_object();
  out.member("type", "CUSTOM");
  out.member("name", name);
  out.key("value");
  out.begin_object();
  return out;
}

std::string finish(json_text&& begun) {
  begun.end_object();
  begun.end_object();
  return begun.take();
}

} // namespace

std::string frame_rejected(std::string_view code, std::string_view message, std::string_view client_id,
                           std::optional<std::chrono::nanoseconds> wait) {
  auto out = begin("frame_rejected");
  out.member("code", code);
  out.member("message", message);
  out.text_member("clientId", client_id);
  if (wait)
    out.member("retryAfter", std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(*wait).count()));
  return finish(std::move(out));
}

std::string message_known(const conversation::conversation_state& s, std::string_view client_id) {
  auto out = begin("user_message_known");
  out.member("clientId", client_id);
  const auto* id = conversation::taken_as(s, client_id);
  if (id == nullptr)
    return finish(std::move(out));
  out.member("messageId", *id);
  const auto text = conversation::reply_to(s, *id);
  const auto said = std::ranges::find(s.messages, *id, &conversation::message::id);
  if (text && said != s.messages.end() && said + 1 != s.messages.end()) {
    out.key("reply");
    out.begin_object();
    out.member("messageId", (said + 1)->id);
    out.member("text", *text);
    out.end_object();
  }
  return finish(std::move(out));
}

std::string token_notice(std::string_view name, storage::timestamp expires) {
  auto out = begin(name);
  out.member("expiresAt", expires);
  return finish(std::move(out));
}

std::string run_lost(std::string_view code) {
  json_text out;
  out.begin_object();
  out.member("type", "RUN_ERROR");
  out.member("message", code == "skipped" ? "A newer message took this one's place: both are answered there."
                                          : "The conversation can't be followed any further. What was said is kept.");
  out.member("code", code);
  out.end_object();
  return out.take();
}

} // namespace troupe::actors::api::chat
