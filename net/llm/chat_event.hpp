#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "net/llm/chat.hpp"

/// What a streamed reply is made of, whoever provides it: `reply_started`, any number of `text_delta`, then
/// `reply_finished` or `reply_failed`; a failure may come at any time. Views are valid while an event is handed over.
namespace troupe::net::llm {

struct reply_started {
  std::string_view model; ///< as the provider names it; may be empty
};

struct text_delta {
  std::string_view text;
};

struct reply_finished {
  std::string_view finish_reason; ///< `stop`, `length`, …; may be empty
  std::uint64_t input_tokens = 0; ///< 0 where the provider doesn't say
  std::uint64_t output_tokens = 0;
};

struct reply_failed {
  chat_failure why; ///< whether that was before the first token is for the receiver to say
};

using chat_event = std::variant<reply_started, text_delta, reply_finished, reply_failed>;

} // namespace troupe::net::llm
