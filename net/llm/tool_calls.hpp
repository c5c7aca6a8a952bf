#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/llm/chat_event.hpp"

namespace troupe::net::llm {

/// Puts the calls of tools that a model asks for together. Plain logic, of one thread at a time.
class tool_calls {
public:
  static constexpr std::size_t max_calls = 128;
  static constexpr std::size_t max_bytes = 1 << 20; ///< of all calls together

  /// False when that is more than allowed.
  bool put(const tool_call_delta& part);

  /// All of them in the order of their numbers; nothing where one has no name, or arguments that aren't a JSON object.
  /// No arguments at all are an empty object.
  std::optional<std::vector<tool_call>> take() &&;

private:
  std::map<std::size_t, tool_call> calls_;
  std::size_t bytes_ = 0;
};

} // namespace troupe::net::llm
