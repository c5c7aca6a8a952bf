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

namespace troupe::net::llm {

enum class role : std::uint8_t { system, user, assistant };

struct message {
  llm::role role = llm::role::user;
  std::string text;
};

/// What a reply's text has to follow.
struct reply_schema {
  std::string name;    ///< 1 to 64 of `A-Za-z0-9_-`
  std::string json;    ///< JSON Schema, well-formed
  bool strict = false; ///< held to by the provider, which then takes only part of the language: everything required …
};

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
};

struct chat_reply {
  std::string text;
  std::string finish_reason; ///< `stop`, `length`, …
  std::string model;         ///< as the provider names it
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
};

/// Why a call gave no reply.
enum class chat_fault : std::uint8_t {
  /// Not reached, broken off, timed out or 5xx: may be tried again.
  unavailable,
  /// 429 or 529: try again after `retry_after`.
  rate_limited,
  /// Key refused, quota exhausted or request invalid: the same again won't help.
  refused,
  /// 200 with what isn't a chat completion, or an empty text.
  malformed,
  /// Its caller asked to stop.
  cancelled,
};

struct chat_failure {
  chat_fault fault = chat_fault::unavailable;
  std::string detail;
  std::optional<std::chrono::milliseconds> retry_after;
  bool before_first_token = true; ///< nothing of a streamed reply was handed over

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
