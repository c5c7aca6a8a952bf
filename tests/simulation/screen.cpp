#include "tests/simulation/screen.hpp"

namespace troupe::simulation {

using nlohmann::json;

namespace {

/// More of a reply's text comes even when all parts of an event have been told.
bool follows(const screen::cursor& at, const screen::cursor& seen) {
  return at > seen
         || (at.event == seen.event && seen.part == actors::conversation::all_parts && at.offset > seen.offset);
}

} // namespace

std::string screen::show(const std::string& text, const cursor& at) {
  const auto e = json::parse(text);
  const auto type = e.at("type").get<std::string>();
  const bool anew = type.ends_with("SNAPSHOT");
  if (seen_ && !anew && !follows(at, *seen_))
    return "it comes again, or out of order";
  seen_ = at;
  if (type == "MESSAGES_SNAPSHOT") {
    texts_.clear();
    open_.clear();
    for (const auto& m : e.at("messages"))
      texts_[m.at("id")] = m.at("content");
  } else if (type == "STATE_SNAPSHOT") {
    state_ = e.at("snapshot");
  } else if (type == "STATE_DELTA") {
    try {
      state_ = state_.patch(e.at("delta"));
    } catch (const json::exception& why) {
      return why.what();
    }
  } else if (type.starts_with("TEXT_MESSAGE_")) {
    return show_message(e, type);
  } else if (type == "CUSTOM") {
    show_custom(e.at("name"), e.at("value"));
  }
  return {};
}

std::string screen::show_message(const json& e, const std::string& type) {
  const auto id = e.at("messageId").get<std::string>();
  if (type == "TEXT_MESSAGE_START") {
    if (!open_.empty())
      return "a message begins before " + open_ + " is at its end";
    open_ = id;
    texts_[id] = "";
    return {};
  }
  if (open_ != id)
    return "it belongs to no message that has begun";
  if (type == "TEXT_MESSAGE_CONTENT")
    texts_[id] += e.at("delta").get<std::string>();
  else
    open_.clear();
  return {};
}

void screen::show_custom(const std::string& name, const json& value) {
  if (name == "user_message")
    texts_[value.at("messageId")] = value.at("text");
  else if (name == "message_restarted")
    texts_.erase(value.at("messageId").get<std::string>());
}

std::map<std::string, std::string> screen::texts() const {
  auto result = texts_;
  std::erase_if(result, [](const auto& each) { return each.second.empty(); });
  return result;
}

} // namespace troupe::simulation
