#pragma once

#include <map>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "actors/conversation/cursor.hpp"

namespace troupe::simulation {

/// What a client shows of a conversation: AG-UI events, put together as its clients do.
class screen {
public:
  using cursor = actors::conversation::cursor;

  /// The next event. @return what is wrong with it; empty = nothing
  std::string show(const std::string& json, const cursor& at);

  /// What the client comes again with; none = it has seen nothing.
  const std::optional<cursor>& seen() const {
    return seen_;
  }

  /// By the messages' ids, empty ones apart.
  std::map<std::string, std::string> texts() const;

  /// Profile, step and so on.
  const nlohmann::json& state() const {
    return state_;
  }

private:
  std::string show_message(const nlohmann::json& e, const std::string& type);
  void show_custom(const std::string& name, const nlohmann::json& value);

  std::map<std::string, std::string> texts_;
  std::string open_; ///< message that is being told; empty = none
  nlohmann::json state_;
  std::optional<cursor> seen_;
};

} // namespace troupe::simulation
