#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "net/json/reader.hpp"
#include "net/llm/chat.hpp"

namespace troupe::net::llm::anthropic {

/// Tokens as the provider counts them: what is cached isn't part of `input_tokens`. Members that aren't there keep
/// their value, since a stream's later counts replace the former ones.
struct usage_counts {
  std::uint64_t input = 0;
  std::uint64_t output = 0;
  std::uint64_t cache_read = 0;
  std::uint64_t cache_write = 0;

  /// Reads the `usage` object that comes next.
  void read(json::reader& in);

  token_usage total() const noexcept {
    return {input + cache_read + cache_write, output, cache_read, cache_write};
  }
};

/// One of a message's blocks, whole, or as it begins in a stream. Empty where its type isn't known.
struct content_block {
  std::string type; ///< `text`, `tool_use`, `thinking`, …
  std::string text;
  tool_call call; ///< of a `tool_use`

  /// Reads the block that comes next, in place of what was here.
  void read(json::reader& in);
};

/// A whole reply. Members are empty where the provider doesn't say.
struct message {
  std::string model;
  std::string stop_reason;
  std::string text; ///< of all blocks
  std::vector<tool_call> calls;
  usage_counts usage;
  bool has_content = false;
  bool has_error = false; ///< there is a member `error` that isn't null

  /// Reads it, in place of what was here. False where that isn't a JSON object.
  bool read(std::string_view json);

  /// Reads the members of the object that comes next.
  bool read_members(json::reader& in);
};

} // namespace troupe::net::llm::anthropic
