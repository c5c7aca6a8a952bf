#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "net/llm/chat.hpp"

namespace troupe::net::llm::openai {

/// The first choice of a chat completion, or of a chunk of one, with what stands around it. Members are empty where the
/// provider doesn't say.
struct completion {
  /// A call of a tool, or a part of one.
  struct call_part {
    std::size_t number = 0; ///< `index`, or the place in the array
    tool_call call;         ///< its arguments as they came
  };

  std::string model;
  std::string text;
  std::string refusal;
  std::string finish_reason;
  std::vector<call_part> calls;
  token_usage usage;
  bool has_choice = false;
  bool has_usage = false;
  bool has_error = false;   ///< there is a member `error` that isn't null
  bool is_thinking = false; ///< it holds a thought, which isn't read

  /// Reads a completion (`message`) or a chunk (`delta`), in place of what was here. False where that isn't a JSON
  /// object.
  bool read(std::string_view json);
};

} // namespace troupe::net::llm::openai
