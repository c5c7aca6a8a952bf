#include "actors/api/chat/conversation_view.hpp"

#include <chrono>

#include "actors/api/job_view.hpp"
#include "actors/conversation/agui.hpp"
#include "actors/text/json_text.hpp"

namespace troupe::actors::api::chat {

using namespace conversation;

namespace {

void write_summary(json_text& out, const storage::conversation_record& of) {
  out.member("id", of.id);
  out.member("agent", of.row.agent);
  if (of.slot.starts_with(storage::thread_slots))
    out.member("thread", std::string_view{of.slot}.substr(storage::thread_slots.size()));
  out.member("step", of.row.step);
  out.member("current_step", of.row.step_number);
  out.member("completed", of.row.completed);
  out.member("busy", of.row.busy);
  out.member("messages", of.row.messages);
  out.member("opened_at", to_rfc3339(of.row.opened_at));
  out.member("last_at", to_rfc3339(of.row.last_at));
}

void write_message(json_text& out, std::string_view id, bool by_user, std::string_view text, timestamp at) {
  out.begin_object();
  out.member("id", id);
  out.member("role", by_user ? "user" : "assistant");
  out.member("content", text);
  out.member("at", to_rfc3339(at));
  out.end_object();
}

} // namespace

std::string summary_json(const storage::conversation_record& of) {
  json_text out;
  out.begin_object();
  write_summary(out, of);
  out.end_object();
  return out.take();
}

std::string conversation_json(const storage::conversation_record& of, const conversation_state& s) {
  json_text out{4'096};
  out.begin_object();
  out.key("conversation");
  out.raw(summary_json(of));
  out.key("state");
  write_state(out, s);
  out.key("messages");
  out.begin_array();
  for (const auto& said : s.messages)
    write_message(out, said.id, said.by == speaker::user, said.text, said.at);
  for (const auto& waiting : s.waiting)
    write_message(out, waiting.id, true, waiting.text, waiting.at);
  out.end_array();
  out.member("cursor", text_of({s.number, all_parts, 0}));
  out.end_object();
  return out.take();
}

std::string export_json(const storage::conversation_record& of, const std::vector<recorded<event>>& journal) {
  json_text out{16'384};
  out.begin_object();
  out.key("conversation");
  out.raw(summary_json(of));
  out.key("events");
  out.begin_array();
  std::uint64_t number = 0;
  for (const auto& one : journal) {
    const auto stored = conversation_core::encode(one.event);
    out.begin_object();
    out.member("number", ++number);
    out.member("type", stored.type);
    out.member("at", to_rfc3339(one.at));
    out.key("data");
    out.raw(stored.payload);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return out.take();
}

} // namespace troupe::actors::api::chat
