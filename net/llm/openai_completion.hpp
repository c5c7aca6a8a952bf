#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::net::llm {

/// The first choice of a chat completion, or of a chunk of one, with what stands around it. Members are empty where the
/// provider doesn't say.
struct openai_completion {
  std::string model;
  std::string text;
  std::string refusal;
  std::string finish_reason;
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  bool has_choice = false;
  bool has_usage = false;
  bool has_error = false;  ///< there is a member `error` that isn't null
  bool is_working = false; ///< it holds a thought or a part of a tool call, which aren't read

  /// Reads a completion (`message`) or a chunk (`delta`), in place of what was here. False where that isn't a JSON
  /// object.
  bool read(std::string_view json);
};

} // namespace troupe::net::llm
