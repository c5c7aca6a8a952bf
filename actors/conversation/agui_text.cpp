#include "actors/conversation/agui_text.hpp"

namespace troupe::actors::conversation {

namespace {

json_text begin(std::string_view type, std::size_t size = 192) {
  json_text out{size};
  out.begin_object();
  out.member("type", type);
  return out;
}

json_text begin_custom(std::string_view name) {
  auto out = begin("CUSTOM");
  out.member("name", name);
  out.key("value");
  out.begin_object();
  return out;
}

/// A JSON Patch operation up to its value.
void begin_operation(json_text& out, std::string_view operation, std::string_view path) {
  out.begin_object();
  out.member("op", operation);
  out.member("path", path);
}

template <class T>
void add_value(json_text& out, std::string_view path, const T& value) {
  begin_operation(out, "add", path);
  out.member("value", value);
  out.end_object();
}

void add_empty_object(json_text& out, std::string_view path) {
  begin_operation(out, "add", path);
  out.key("value");
  out.begin_object();
  out.end_object();
  out.end_object();
}

json_text begin_delta() {
  auto out = begin("STATE_DELTA", 320);
  out.key("delta");
  out.begin_array();
  return out;
}

/// A name as a step of a JSON Pointer.
std::string pointer(std::string_view root, std::string_view step, std::string_view field = {}) {
  std::string out{root};
  const auto add = [&out](std::string_view name) {
    out += '/';
    for (const char c : name)
      if (c == '~')
        out += "~0";
      else if (c == '/')
        out += "~1";
      else
        out += c;
  };
  add(step);
  if (!field.empty())
    add(field);
  return out;
}

void write_change(json_text& out, const field_change& change, std::string_view source) {
  const auto value = pointer("/profile", change.step, change.field);
  const auto detail = pointer("/details", change.step, change.field);
  if (change.value.empty() && !change.skipped) {
    for (const auto& path : {value, detail}) {
      begin_operation(out, "remove", path);
      out.end_object();
    }
    return;
  }
  begin_operation(out, "add", value);
  out.key("value");
  out.raw(change.skipped ? "null" : std::string_view{change.value});
  out.end_object();
  begin_operation(out, "add", detail);
  out.key("value");
  write_detail(out, change.confidence, change.origin, source, change.skipped);
  out.end_object();
}

void write_message(json_text& out, std::string_view id, speaker by, std::string_view text) {
  out.begin_object();
  out.member("id", id);
  out.member("role", by == speaker::user ? "user" : "assistant");
  out.member("content", text);
  out.end_object();
}

} // namespace

json_text run_started(std::string_view thread, std::string_view run) {
  auto out = begin("RUN_STARTED");
  out.member("threadId", thread);
  out.member("runId", run);
  out.member("protocolVersion", "1.0");
  return out;
}

json_text run_finished(std::string_view thread, std::string_view run) {
  auto out = begin("RUN_FINISHED");
  out.member("threadId", thread);
  out.member("runId", run);
  out.key("outcome");
  out.begin_object();
  out.member("type", "success");
  out.end_object();
  return out;
}

json_text run_error(std::string_view code, std::string_view message) {
  auto out = begin("RUN_ERROR");
  out.member("message", message);
  out.member("code", code);
  return out;
}

json_text step_event(std::string_view type, std::string_view step) {
  auto out = begin(type);
  out.member("stepName", step);
  return out;
}

json_text message_started(std::string_view id) {
  auto out = begin("TEXT_MESSAGE_START");
  out.member("messageId", id);
  out.member("role", "assistant");
  return out;
}

json_text message_content(std::string_view id, std::string_view delta) {
  auto out = begin("TEXT_MESSAGE_CONTENT", 112 + delta.size());
  out.member("messageId", id);
  out.member("delta", delta);
  return out;
}

json_text message_ended(std::string_view id) {
  auto out = begin("TEXT_MESSAGE_END");
  out.member("messageId", id);
  return out;
}

void write_state(json_text& out, const conversation_state& s) {
  out.begin_object();
  out.member("agent", s.agent);
  out.member("version", s.version);
  out.member("step", s.step);
  out.member("current_step", s.step_number);
  out.member("agent_type", s.agent_type);
  out.member("completed", s.completed);
  out.key("completed_steps");
  out.begin_array();
  for (const auto& step : s.completed_steps)
    out.value(step);
  out.end_array();
  out.key("profile");
  write_values(out, s.profile);
  out.key("details");
  write_details(out, s.profile);
  out.end_object();
}

json_text state_snapshot(const conversation_state& s) {
  auto out = begin("STATE_SNAPSHOT", 512);
  out.key("snapshot");
  write_state(out, s);
  return out;
}

json_text messages_snapshot(const conversation_state& s) {
  auto out = begin("MESSAGES_SNAPSHOT", 1'024);
  out.key("messages");
  out.begin_array();
  for (const auto& said : s.messages)
    if (!s.turn || said.id != s.turn->reply)
      write_message(out, said.id, said.by, said.text);
  for (const auto& waiting : s.waiting)
    write_message(out, waiting.id, speaker::user, waiting.text);
  out.end_array();
  return out;
}

json_text fields_delta(const fields_changed& e) {
  auto out = begin_delta();
  for (const auto& change : e.changes)
    write_change(out, change, e.source);
  out.end_array();
  return out;
}

json_text completed_step_delta(std::string_view step) {
  auto out = begin_delta();
  add_value(out, "/completed_steps/-", step);
  out.end_array();
  return out;
}

json_text hand_over_delta(const handed_over& e) {
  auto out = begin_delta();
  add_value(out, "/step", e.to);
  add_value(out, "/current_step", e.step_number);
  add_value(out, "/agent_type", e.agent_type);
  add_empty_object(out, pointer("/profile", e.to));
  add_empty_object(out, pointer("/details", e.to));
  out.end_array();
  return out;
}

json_text completed_delta() {
  auto out = begin_delta();
  add_value(out, "/completed", true);
  out.end_array();
  return out;
}

json_text version_delta(std::string_view version) {
  auto out = begin_delta();
  add_value(out, "/version", version);
  out.end_array();
  return out;
}

json_text message_restarted(std::string_view broken, std::string_view by) {
  return custom("message_restarted", {{"messageId", broken}, {"replacedBy", by}});
}

json_text user_said(std::string_view id, std::string_view client_id, std::string_view run, std::string_view text) {
  return custom("user_message", {{"messageId", id}, {"clientId", client_id}, {"runId", run}, {"text", text}});
}

json_text custom(std::string_view name, std::initializer_list<std::pair<std::string_view, std::string_view>> value) {
  auto out = begin_custom(name);
  for (const auto& [key, text] : value)
    out.member(key, text);
  out.end_object();
  return out;
}

std::string finish(json_text&& begun, std::optional<timestamp> at, const cursor& here) {
  if (at)
    begun.member("timestamp", *at);
  begun.member("cursor", text_of(here));
  begun.end_object();
  return begun.take();
}

bool tells_state(std::string_view json) {
  return json.starts_with(R"({"type":"STATE_)");
}

} // namespace troupe::actors::conversation
