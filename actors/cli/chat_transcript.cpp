#include "actors/cli/chat_transcript.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "actors/cli/command.hpp"

namespace troupe::actors::cli {

namespace {

using nlohmann::json;

constexpr auto quiet = "\x1b[2m";
constexpr auto plain = "\x1b[0m";

/// A member's text, or empty.
std::string text_in(const json& of, const char* key) {
  const auto at = of.is_object() ? of.find(key) : of.end();
  return at != of.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

const json& member(const json& of, const char* key) {
  static const json nothing;
  const auto at = of.is_object() ? of.find(key) : of.end();
  return at != of.end() ? *at : nothing;
}

/// A name of a file's as people write it.
std::string spelled(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string value_text(const json& value) {
  if (value.is_null())
    return "rather not say";
  if (value.is_boolean())
    return value.get<bool>() ? "yes" : "no";
  if (value.is_string())
    return value.get<std::string>();
  if (!value.is_array())
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string out;
  for (const auto& one : value)
    out += (out.empty() ? "" : ", ") + value_text(one);
  return out.empty() ? "none" : out;
}

/// `age 34, weight 80` of what a patch puts into the profile.
std::string noted(const json& delta) {
  std::string out;
  for (const auto& operation : delta) {
    const auto path = text_in(operation, "path");
    constexpr std::string_view root = "/profile/";
    const auto field = path.starts_with(root) ? path.find('/', root.size()) : path.npos;
    if (field != path.npos && text_in(operation, "op") != "remove")
      out += (out.empty() ? "" : ", ") + spelled(path.substr(field + 1)) + ' ' + value_text(member(operation, "value"));
  }
  return out;
}

} // namespace

chat_output chat_transcript::take(std::string_view text) {
  const auto event = json::parse(text, nullptr, false);
  const auto type = text_in(event, "type");
  chat_output out;
  if (type == "STATE_SNAPSHOT")
    state_ = member(event, "snapshot");
  else if (type == "MESSAGES_SNAPSHOT")
    on_messages(member(event, "messages"), out);
  else if (type == "RUN_STARTED")
    run_ = text_in(event, "runId"), conversation_ = text_in(event, "threadId");
  else if (type == "TEXT_MESSAGE_START")
    replies_.push_back({text_in(event, "messageId"), {}});
  else if (type == "TEXT_MESSAGE_CONTENT")
    on_content(event, out);
  else if (type == "TEXT_MESSAGE_END")
    on_end(event, out);
  else if (type == "STATE_DELTA")
    on_delta(member(event, "delta"), out);
  else if (type == "RUN_FINISHED")
    settle(text_in(event, "runId"), out);
  else if (type == "RUN_ERROR")
    on_error(event, out);
  else if (type == "CUSTOM")
    on_custom(text_in(event, "name"), member(event, "value"), out);
  if (auto at = text_in(event, "cursor"); !at.empty())
    cursor_ = std::move(at);
  if (manner_ == manner::json)
    out = {std::string{text} + '\n', {}, out.pause};
  return out;
}

void chat_transcript::on_messages(const json& messages, chat_output& out) {
  replies_.clear();
  awaited_.clear(); // what isn't among these messages belongs to a run that is told of next
  run_.clear();
  const bool anew = std::exchange(has_history_, true);
  for (const auto& message : messages) {
    const bool users = text_in(message, "role") == "user";
    const auto text = text_in(message, "content");
    if (!shown_.insert(text_in(message, "id")).second)
      continue;
    if (manner_ == manner::terminal)
      out.text += users ? said_by_user(text) : for_terminal(text) + "\n\n";
    else if (anew && !users)
      out.text += for_terminal(text) + '\n';
  }
}

void chat_transcript::on_content(const json& event, chat_output& out) {
  if (replies_.empty() || replies_.back().id != text_in(event, "messageId"))
    return;
  auto& reply = replies_.back();
  const auto words = text_in(event, "delta");
  reply.text += words;
  reply.begun = true;
  if (manner_ == manner::terminal)
    out.text += for_terminal(words);
}

void chat_transcript::on_end(const json& event, chat_output& out) {
  const auto id = text_in(event, "messageId");
  if (manner_ == manner::terminal && !replies_.empty() && replies_.back().id == id && replies_.back().begun)
    out.text += "\n\n";
  shown_.insert(id);
}

void chat_transcript::on_delta(const json& delta, chat_output& out) {
  try {
    state_ = state_.patch(delta);
  } catch (const json::exception&) {
    return; // the next snapshot puts it right
  }
  if (const auto what = noted(delta); manner_ == manner::terminal && !what.empty())
    out.text += aside("noted: " + what);
}

void chat_transcript::on_error(const json& event, chat_output& out) {
  failed_ = true;
  const auto why = text_in(event, "message");
  const bool was_said = !replies_.empty() && replies_.back().text == why;
  if (was_said)
    replies_.pop_back();
  if (!was_said || manner_ == manner::script)
    out.fault = for_terminal(why) + '\n';
  settle(run_, out);
}

/// A run is over: what was said in it stands now.
void chat_transcript::settle(const std::string& run, chat_output& out) {
  if (manner_ == manner::script)
    for (const auto& reply : replies_)
      if (!reply.text.empty())
        out.text += for_terminal(reply.text) + '\n';
  if (!run.empty())
    std::erase(awaited_, run);
  else if (!awaited_.empty()) // it failed before it began
    awaited_.erase(awaited_.begin());
  replies_.clear();
  run_.clear();
}

void chat_transcript::on_custom(const std::string& name, const json& value, chat_output& out) {
  if (name == "user_message") {
    on_user_message(value, out);
  } else if (name == "user_message_known") {
    take_pending(text_in(value, "clientId"));
  } else if (name == "message_restarted") {
    const auto broken = std::find_if(replies_.begin(), replies_.end(),
                                     [&](const auto& one) { return one.id == text_in(value, "messageId"); });
    if (broken != replies_.end() && broken->begun && manner_ == manner::terminal)
      out.text += aside("the reply begins anew");
    if (broken != replies_.end())
      replies_.erase(broken);
  } else if (name == "message_interrupted") {
    if (manner_ == manner::terminal)
      out.text += aside("stopped");
  } else if (name == "message_skipped") {
    if (std::erase(awaited_, text_in(value, "runId")) > 0 && manner_ == manner::terminal)
      out.text += aside("skipped for a newer message");
  } else if (name == "frame_rejected") {
    on_rejected(value, out);
  } else if (name == "conversation_ended") {
    ended_ = text_in(value, "reason").empty() ? "ended" : text_in(value, "reason");
  }
}

void chat_transcript::on_user_message(const json& value, chat_output& out) {
  shown_.insert(text_in(value, "messageId"));
  if (take_pending(text_in(value, "clientId")))
    awaited_.push_back(text_in(value, "runId"));
  else if (manner_ == manner::terminal)
    out.text += said_by_user(text_in(value, "text"));
}

/// The oldest is meant where none is named: the server answers in order.
void chat_transcript::on_rejected(const json& value, chat_output& out) {
  const auto& pause = member(value, "retryAfter");
  if (text_in(value, "code") == "rate_limited" && pause.is_number_integer()) {
    out.pause = std::chrono::seconds{std::clamp<std::int64_t>(pause.get<std::int64_t>(), 1, 60)};
    return;
  }
  const auto named = text_in(value, "clientId");
  if (!take_pending(named) && !unsent_.empty() && named.empty())
    unsent_.erase(unsent_.begin());
  failed_ = true;
  out.fault = "not taken: " + for_terminal(text_in(value, "message")) + '\n';
}

bool chat_transcript::take_pending(const std::string& id) {
  return std::erase_if(unsent_, [&](const auto& one) { return one.id == id; }) > 0;
}

void chat_transcript::say(pending message) {
  unsent_.push_back(std::move(message));
}

std::string chat_transcript::said_by_user(std::string_view text) const {
  return (styled_ ? quiet : "") + std::string{"> "} + for_terminal(text) + (styled_ ? plain : "") + '\n';
}

std::string chat_transcript::aside(const std::string& text) const {
  return (styled_ ? quiet : "") + ('[' + for_terminal(text)) + ']' + (styled_ ? plain : "") + '\n';
}

std::string chat_transcript::profile() const {
  std::string out;
  if (const auto& number = member(state_, "current_step"); number.is_number_unsigned() && number != 0)
    out +=
        (member(state_, "completed") == json(true) ? std::string{"All steps are done"}
                                                   : "Step " + number.dump() + ": " + spelled(text_in(state_, "step")))
        + '\n';
  for (const auto& [step, fields] : member(state_, "profile").items()) {
    out += spelled(step) + '\n';
    for (const auto& [field, value] : fields.items()) {
      const auto& sure = member(member(member(member(state_, "details"), step.c_str()), field.c_str()), "confidence");
      out +=
          "  " + spelled(field) + ": " + value_text(value)
          + (sure.is_number() && !value.is_null() ? " (" + std::to_string(std::lround(100 * sure.get<double>())) + " %)"
                                                  : std::string{})
          + '\n';
    }
    if (fields.empty())
      out += "  nothing known yet\n";
  }
  return for_terminal(out.empty() ? "This agent keeps no profile.\n" : out);
}

void chat_transcript::forget() {
  *this = chat_transcript{manner_, styled_};
}

} // namespace troupe::actors::cli
