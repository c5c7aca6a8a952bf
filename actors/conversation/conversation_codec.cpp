#include <array>
#include <string>
#include <utility>

#include "actors/conversation/conversation_core.hpp"
#include "actors/text/event_fields.hpp"
#include "actors/text/json_text.hpp"

namespace troupe::actors::conversation {

namespace {

/// Names are stored: they never change.
template <class Event>
constexpr const char* type_name = nullptr;
template <>
constexpr const char* type_name<opened> = "opened";
template <>
constexpr const char* type_name<user_message> = "user_message";
template <>
constexpr const char* type_name<reply_started> = "reply_started";
template <>
constexpr const char* type_name<reply_completed> = "reply_completed";
template <>
constexpr const char* type_name<reply_broken> = "reply_broken";
template <>
constexpr const char* type_name<interrupted> = "interrupted";
template <>
constexpr const char* type_name<fields_repaired> = "fields_repaired";
template <>
constexpr const char* type_name<fields_changed> = "fields_changed";
template <>
constexpr const char* type_name<step_completed> = "step_completed";
template <>
constexpr const char* type_name<handed_over> = "handed_over";
template <>
constexpr const char* type_name<completed> = "completed";
template <>
constexpr const char* type_name<turn_ended> = "turn_ended";
template <>
constexpr const char* type_name<turn_failed> = "turn_failed";
template <>
constexpr const char* type_name<conversation::parked> = "parked";
template <>
constexpr const char* type_name<resumed> = "resumed";
template <>
constexpr const char* type_name<expired> = "expired";
template <>
constexpr const char* type_name<deleted> = "deleted";
template <>
constexpr const char* type_name<message_skipped> = "message_skipped";

constexpr std::array<std::string_view, 4> origins{"model", "answer", "correction", "user"};

// -- Writing ---------------------------------------------------------------------------------------------------------

void write(json_text& out, const opened& e) {
  out.member("agent", e.agent);
  out.member("version", e.version);
  out.member("user", e.user);
  out.text_member("text", e.text);
  if (!e.step.empty()) {
    out.member("step", e.step);
    out.member("step_number", e.step_number);
    out.text_member("agent_type", e.agent_type);
  }
  out.text_member("asked", e.asked);
}

void write(json_text& out, const user_message& e) {
  out.member("client_id", e.client_id);
  out.member("text", e.text);
  out.text_member("run", e.run);
}

void write(json_text& out, const reply_started& e) {
  out.member("answers", e.answers);
  out.member("attempt", e.attempt);
  out.text_member("replaces", e.replaces);
  out.text_member("step", e.step);
  out.text_member("version", e.version);
}

void write_texts(json_text& out, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty())
    return;
  out.key(name);
  out.begin_array();
  for (const auto& text : texts)
    out.value(text);
  out.end_array();
}

void write(json_text& out, const model_usage& usage) {
  out.key("usage");
  out.begin_object();
  out.text_member("provider", usage.provider);
  out.text_member("model", usage.model);
  out.member("input_tokens", usage.input_tokens);
  out.member("output_tokens", usage.output_tokens);
  out.member("cost", usage.cost);
  out.member("ms", usage.took);
  out.end_object();
}

void write(json_text& out, const reply_completed& e) {
  out.member("text", e.text);
  out.text_member("fields", e.fields);
  write_texts(out, "faults", e.faults);
  write(out, e.usage);
  out.text_member("finish_reason", e.finish_reason);
  out.text_member("fallback", e.fallback);
  out.text_member("asked", e.asked);
}

void write(json_text& out, const reply_broken& e) {
  out.text_member("reason", e.reason);
}

void write(json_text& out, const interrupted& e) {
  out.text_member("text", e.text);
}

void write(json_text& out, const message_skipped& e) {
  out.member("message", e.message);
}

void write(json_text& out, const fields_repaired& e) {
  out.member("round", e.round);
  out.text_member("fields", e.fields);
  write_texts(out, "faults", e.faults);
  write(out, e.usage);
}

void write(json_text& out, const fields_changed& e) {
  out.text_member("source", e.source);
  out.key("changes");
  out.begin_array();
  for (const auto& change : e.changes) {
    out.begin_object();
    out.member("step", change.step);
    out.member("field", change.field);
    out.text_member("value", change.value);
    out.member("confidence", change.confidence);
    out.member("origin", name_of(change.origin));
    if (change.skipped)
      out.member("skipped", true);
    out.end_object();
  }
  out.end_array();
}

void write(json_text& out, const step_completed& e) {
  out.member("step", e.step);
}

void write(json_text& out, const handed_over& e) {
  out.member("from", e.from);
  out.member("to", e.to);
  out.member("step_number", e.step_number);
  out.text_member("agent_type", e.agent_type);
  out.text_member("text", e.text);
  out.text_member("asked", e.asked);
}

void write(json_text& out, const completed& e) {
  out.text_member("text", e.text);
}

void write(json_text&, const turn_ended&) {}

void write(json_text& out, const turn_failed& e) {
  out.member("code", e.code);
  out.member("text", e.text);
}

void write(json_text&, const conversation::parked&) {}

void write(json_text&, const resumed&) {}

void write(json_text&, const expired&) {}

void write(json_text& out, const deleted& e) {
  out.text_member("by", e.by);
}

// -- Reading ---------------------------------------------------------------------------------------------------------

void read(const event_fields& in, opened& e) {
  e.agent = in.text("agent");
  e.version = in.text("version");
  e.user = in.text("user");
  e.text = in.text_or("text");
  e.step = in.text_or("step");
  if (!e.step.empty())
    e.step_number = in.number<std::uint32_t>("step_number");
  e.agent_type = in.text_or("agent_type");
  e.asked = in.text_or("asked");
}

void read(const event_fields& in, user_message& e) {
  e.client_id = in.text("client_id");
  e.text = in.text("text");
  e.run = in.text_or("run");
}

void read(const event_fields& in, reply_started& e) {
  e.answers = in.text("answers");
  e.attempt = in.number<std::uint32_t>("attempt");
  e.replaces = in.text_or("replaces");
  e.step = in.text_or("step");
  e.version = in.text_or("version");
}

void read(const event_fields& in, model_usage& usage) {
  const auto from = in.object("usage");
  usage.provider = from.text_or("provider");
  usage.model = from.text_or("model");
  usage.input_tokens = from.number<std::uint64_t>("input_tokens");
  usage.output_tokens = from.number<std::uint64_t>("output_tokens");
  usage.cost = from.real_or("cost");
  usage.took = milliseconds{from.number<std::int64_t>("ms")};
}

void read(const event_fields& in, reply_completed& e) {
  e.text = in.text("text");
  e.fields = in.text_or("fields");
  e.faults = in.texts("faults");
  read(in, e.usage);
  e.finish_reason = in.text_or("finish_reason");
  e.fallback = in.text_or("fallback");
  e.asked = in.text_or("asked");
}

void read(const event_fields& in, reply_broken& e) {
  e.reason = in.text_or("reason");
}

void read(const event_fields& in, message_skipped& e) {
  e.message = in.text("message");
}

void read(const event_fields& in, interrupted& e) {
  e.text = in.text_or("text");
}

void read(const event_fields& in, fields_repaired& e) {
  e.round = in.number<std::uint32_t>("round");
  e.fields = in.text_or("fields");
  e.faults = in.texts("faults");
  read(in, e.usage);
}

/// What becomes part of the profile must be a value, or the profile is no JSON.
void check_value(const event_fields& in, const std::string& value) {
  if (!value.empty() && !nlohmann::json::accept(value))
    in.refuse("value", "is not JSON");
}

void read(const event_fields& in, fields_changed& e) {
  e.source = in.text_or("source");
  for (const auto& item : in.objects("changes")) {
    auto& change = e.changes.emplace_back();
    change.step = item.text("step");
    change.field = item.text("field");
    change.value = item.text_or("value");
    check_value(item, change.value);
    change.confidence = item.real_or("confidence");
    change.origin = static_cast<field_origin>(item.name("origin", origins));
    change.skipped = item.has("skipped") && item.flag("skipped");
  }
}

void read(const event_fields& in, step_completed& e) {
  e.step = in.text("step");
}

void read(const event_fields& in, handed_over& e) {
  e.from = in.text("from");
  e.to = in.text("to");
  e.step_number = in.number<std::uint32_t>("step_number");
  e.agent_type = in.text_or("agent_type");
  e.text = in.text_or("text");
  e.asked = in.text_or("asked");
}

void read(const event_fields& in, completed& e) {
  e.text = in.text_or("text");
}

void read(const event_fields&, turn_ended&) {}

void read(const event_fields& in, turn_failed& e) {
  e.code = in.text("code");
  e.text = in.text("text");
}

void read(const event_fields&, conversation::parked&) {}

void read(const event_fields&, resumed&) {}

void read(const event_fields&, expired&) {}

void read(const event_fields& in, deleted& e) {
  e.by = in.text_or("by");
}

template <std::size_t I = 0>
event read_as(std::string_view type, const event_fields& in) {
  if constexpr (I == std::variant_size_v<event>) {
    in.refuse("type", "is not an event of a conversation");
  } else {
    using what = std::variant_alternative_t<I, event>;
    if (type != type_name<what>)
      return read_as<I + 1>(type, in);
    what out;
    read(in, out);
    return out;
  }
}

} // namespace

storage::new_event conversation_core::encode(const event& what) {
  const auto* reply = std::get_if<reply_completed>(&what);
  json_text out{reply ? reply->text.size() + reply->text.size() / 16 + 384 : 256};
  return std::visit(
      [&]<class Event>(const Event& e) {
        out.begin_object();
        write(out, e);
        out.end_object();
        return storage::new_event{type_name<Event>, out.take()};
      },
      what);
}

event conversation_core::decode(std::string_view type, std::string_view payload) {
  const event_document document{type, payload};
  return read_as(type, document.fields());
}

} // namespace troupe::actors::conversation
