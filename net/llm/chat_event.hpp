#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "net/llm/chat.hpp"

/// What a streamed reply is made of, whoever provides it: `reply_started`, any number of `text_delta` and
/// `tool_call_delta`, then `reply_finished` or `reply_failed`; a failure may come at any time. Views are valid while an
/// event is handed over.
namespace troupe::net::llm {

struct reply_started {
  std::string_view model; ///< as the provider names it; may be empty
};

struct text_delta {
  std::string_view text;
};

/// A part of a tool's call. The parts of one call have its number; what they say of its arguments is put together.
struct tool_call_delta {
  std::size_t number = 0;
  std::string_view id; ///< this and the name may be in one of the parts only
  std::string_view name;
  std::string_view arguments;
};

struct reply_finished {
  std::string_view finish_reason; ///< as in `chat_reply`
  token_usage usage{};            ///< 0 where the provider doesn't say
  bool is_refusal = false;        ///< the model said that it won't answer
};

struct reply_failed {
  chat_failure why; ///< whether that was before the first token is for the receiver to say
};

using chat_event = std::variant<reply_started, text_delta, tool_call_delta, reply_finished, reply_failed>;

} // namespace troupe::net::llm
