#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "actors/conversation/agui.hpp"
#include "fixture.hpp"

namespace troupe::testing {

/// What an AG-UI client makes of the events it gets, and what it expects of them.
class merging_client {
public:
  struct shown {
    std::string id;
    std::string role;
    std::string text;
  };

  void hear(const outgoing& one) {
    const auto what = nlohmann::json::parse(one.json);
    INFO(one.json);
    CHECK(what.at("cursor") == text_of(one.at));
    CHECK((last == cursor{} || one.at >= last));
    last = one.at;
    take(what);
  }

  /// Of the agent, in order; without those that never said anything.
  std::vector<std::string> agents_words() const {
    return words("assistant");
  }

  std::vector<std::string> users_words() const {
    return words("user");
  }

  bool in_run() const {
    return !run_.empty();
  }

  cursor last;
  nlohmann::json state;
  std::vector<std::string> types;

private:
  void take(const nlohmann::json& what) {
    const auto type = what.at("type").get<std::string>();
    types.push_back(type);
    if (type == "RUN_STARTED") {
      CHECK(run_.empty());
      run_ = what.at("runId");
      CHECK_FALSE(run_.empty());
    } else if (type == "RUN_FINISHED" || type == "RUN_ERROR") {
      CHECK_FALSE(run_.empty());
      CHECK(open_.empty());
      if (type == "RUN_FINISHED") {
        CHECK(steps_.empty());
        CHECK(what.at("runId") == run_);
      }
      steps_.clear();
      run_.clear();
    } else if (type == "STEP_STARTED") {
      CHECK_FALSE(run_.empty());
      CHECK(steps_.insert(what.at("stepName")).second);
    } else if (type == "STEP_FINISHED") {
      CHECK(steps_.erase(what.at("stepName")) == 1);
    } else if (type.starts_with("TEXT_MESSAGE_")) {
      take_text(type, what);
    } else if (type == "STATE_SNAPSHOT") {
      state = what.at("snapshot");
    } else if (type == "STATE_DELTA") {
      state = state.patch(what.at("delta"));
    } else if (type == "MESSAGES_SNAPSHOT") {
      messages_.clear();
      for (const auto& one : what.at("messages"))
        messages_.push_back({one.at("id"), one.at("role"), one.at("content")});
    } else if (type == "CUSTOM") {
      take_custom(what.at("name"), what.at("value"));
    } else {
      FAIL("an event that no client knows: " << type);
    }
  }

  void take_text(const std::string& type, const nlohmann::json& what) {
    CHECK_FALSE(run_.empty());
    const std::string id = what.at("messageId");
    if (type == "TEXT_MESSAGE_START") {
      CHECK(open_.empty());
      CHECK(find(id) == messages_.end());
      open_ = id;
      messages_.push_back({id, what.at("role"), ""});
    } else if (type == "TEXT_MESSAGE_CONTENT") {
      CHECK(open_ == id);
      CHECK_FALSE(what.at("delta").get<std::string>().empty());
      messages_.back().text += what.at("delta").get<std::string>();
    } else {
      CHECK(type == "TEXT_MESSAGE_END");
      CHECK(open_ == id);
      open_.clear();
      if (messages_.back().text.empty())
        messages_.pop_back();
    }
  }

  void take_custom(const std::string& name, const nlohmann::json& value) {
    if (name == "message_restarted") {
      if (const auto broken = find(value.at("messageId").get<std::string>()); broken != messages_.end())
        messages_.erase(broken);
    } else if (name == "user_message") {
      if (find(value.at("messageId").get<std::string>()) == messages_.end())
        messages_.push_back({value.at("messageId"), "user", value.at("text")});
    } else {
      CHECK((name == "message_interrupted" || name == "message_skipped" || name == "conversation_ended"));
    }
    // A message that came in between doesn't end the one that is being told.
    if (!open_.empty())
      std::rotate(find(open_), find(open_) + 1, messages_.end());
  }

  std::vector<shown>::iterator find(std::string_view id) {
    return std::find_if(messages_.begin(), messages_.end(), [&](const auto& x) { return x.id == id; });
  }

  std::vector<std::string> words(std::string_view role) const {
    std::vector<std::string> out;
    for (const auto& one : messages_)
      if (one.role == role && !one.text.empty())
        out.push_back(one.text);
    return out;
  }

  std::vector<shown> messages_;
  std::string run_;
  std::string open_;
  std::set<std::string> steps_;
};

inline std::vector<std::string> words_of(const conversation_state& s, speaker by) {
  std::vector<std::string> out;
  for (const auto& one : s.messages)
    if (one.by == by)
      out.push_back(one.text);
  if (by == speaker::user)
    for (const auto& one : s.waiting)
      out.push_back(one.text);
  return out;
}

inline nlohmann::json state_of(const conversation_state& s) {
  actors::json_text out;
  write_state(out, s);
  return nlohmann::json::parse(out.take());
}

} // namespace troupe::testing
