#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/llm/message.hpp"

namespace troupe::net::llm {

/// Takes text of a reply as it comes. Called for each token, on a network thread that serves other calls, too: copies
/// the text and goes. Never called at the same time as itself.
using text_taker = std::function<void(std::string_view)>;

/// One call of a model, whoever provides it.
struct chat_request {
  std::vector<message> messages;
  std::string correlation_id;                                         ///< sent as `X-Request-Id`
  std::chrono::milliseconds limit = std::chrono::milliseconds::max(); ///< if less than the provider's own
  std::stop_token stop{}; ///< once asked to stop, the request is broken off and its connection closed
  std::optional<reply_schema> schema{};
  std::optional<double> temperature{};  ///< none = the provider's own setting
  std::optional<unsigned> max_tokens{}; ///< likewise
  /// Given, the reply is streamed: its text in pieces that together are the text of the reply; none after `done`.
  text_taker on_text{};
  /// Of a streamed reply: from the connection to the first token, if less than the provider's own.
  std::chrono::milliseconds first_token_limit = std::chrono::milliseconds::max();
  std::vector<tool> tools{}; ///< that the model may ask for
  llm::tool_choice tool_choice = llm::tool_choice::automatic;
};

/// What a provider says of one of its limits. Nothing where it says nothing.
struct rate_limit {
  std::optional<std::uint64_t> limit;
  std::optional<std::uint64_t> remaining;
  std::chrono::milliseconds reset{0}; ///< until the limit is whole again
};

/// The limits that a response told of.
struct rate_limits {
  rate_limit requests;
  rate_limit tokens;
};

struct token_usage {
  std::uint64_t input = 0; ///< of the whole prompt, what came from a cache or went there included
  std::uint64_t output = 0;
  std::uint64_t cached = 0;      ///< of the input: read from the provider's cache of prompts
  std::uint64_t cache_write = 0; ///< of the input: written there
};

struct chat_reply {
  std::string text;
  /// `stop`, `length` (cut off), `tool_calls`, `content_filter`, or a word of the provider's own; may be empty.
  std::string finish_reason;
  std::string model; ///< as the provider names it
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  std::uint64_t cached_tokens = 0;      ///< see `token_usage`
  std::uint64_t cache_write_tokens = 0; ///< likewise
  std::vector<tool_call> calls{};       ///< that the model asks for; the text may be empty then
  rate_limits limits{};
};

/// Why a call gave no reply.
enum class chat_fault : std::uint8_t {
  /// Not reached, broken off, timed out or 5xx, overload (529) included: may be tried again.
  unavailable,
  /// 429: try again after `retry_after`.
  rate_limited,
  /// Key refused, quota exhausted or request invalid: the same again won't help.
  refused,
  /// 200 with what isn't a reply, or an empty text.
  malformed,
  /// Its caller asked to stop.
  cancelled,
};

struct chat_failure {
  chat_fault fault = chat_fault::unavailable;
  std::string detail;
  std::optional<std::chrono::milliseconds> retry_after;
  bool before_first_token = true; ///< nothing of a streamed reply was handed over
  rate_limits limits{};

  /// Whether the same call may succeed a little later without anybody noticing.
  bool retriable() const noexcept {
    return before_first_token && fault != chat_fault::refused && fault != chat_fault::cancelled;
  }
};

using chat_result = std::variant<chat_reply, chat_failure>;

/// A provider's endpoint. One call is one HTTP request: retries are made by the actor above, nobody else.
class chat_client {
public:
  virtual ~chat_client() = default;

  /// Calls `done` exactly once, on a network thread or before returning. Any thread.
  virtual void complete(const chat_request& request, std::function<void(chat_result)> done) = 0;
};

} // namespace troupe::net::llm
