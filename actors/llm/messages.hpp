#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include "net/llm/chat.hpp"

namespace troupe::actors {

/// A model's answer with what it cost.
struct model_reply {
  std::string text;
  std::string finish_reason;
  std::string provider;
  std::string model;
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  double cost = 0; ///< dollars
  std::chrono::milliseconds latency{0};
  std::uint64_t cached_tokens = 0;          ///< of the input tokens: read from the provider's cache of prompts
  std::uint64_t cache_write_tokens = 0;     ///< of the input tokens: written there
  std::vector<net::llm::tool_call> calls{}; ///< that the model asks for; the text may be empty then
};

/// No provider of the chain gave an answer, or one broke off in the middle of its own: the caller goes on without a
/// model, begins anew, or keeps what came.
struct model_failure {
  std::string detail; ///< what was tried and what came of it; no prompt text
  std::string sent{}; ///< what `on_text` got of a streamed reply; empty = it failed before its first token
};

using model_outcome = std::variant<model_reply, model_failure>;

/// When a call must have ended, by `clock::monotonic`. None until a provider begins to work on it: waiting for its
/// first turn doesn't count.
using call_deadline = std::optional<std::chrono::nanoseconds>;

/// One call of the chain. Travels as `model_call_ptr` inside the node only.
struct model_call {
  std::string tenant;
  std::string correlation_id;
  std::vector<net::llm::message> messages;
  /// From its start to its end: attempts, back-offs and waiting between them, at all providers together.
  std::chrono::milliseconds limit{30'000};
  /// Asked to stop when nobody waits for the answer any more: the request under way is broken off, none follows.
  std::stop_token stop{};
  std::optional<net::llm::reply_schema> schema{};
  std::string provider{};              ///< of the chain, asked first; empty, or none of the chain's = the chain's order
  std::optional<double> temperature{}; ///< none = the provider's
  std::optional<unsigned> max_tokens{}; ///< none = the provider's
  bool may_repeat = false;              ///< a reply that was given to the very same question will do
  std::vector<net::llm::tool> tools{};  ///< that the model may ask for
  net::llm::tool_choice tool_choice = net::llm::tool_choice::automatic;
  /// Given, the reply is streamed. Gets its text as it comes, until `done` is called and never after; what fails before
  /// the first token is tried again, there or at the next provider, without a word. Called for each token on a network
  /// thread that serves other calls: see docs/llm.md for what that costs.
  net::llm::text_taker on_text{};
  /// Called once, when the first provider begins to work on it. Any thread.
  std::function<void()> started;
  /// Called once, unless the process ends first. Any thread.
  std::function<void(model_outcome)> done;
};

using model_call_ptr = std::shared_ptr<const model_call>;

/// What one provider made of a call, all of its attempts together.
struct provider_call {
  model_call_ptr call;
  call_deadline deadline{};
  bool last = true; ///< no other provider follows: it may use up all the time
  /// Hears the deadline as it is now, for the next provider.
  std::function<void(model_outcome, call_deadline)> done;
};

using provider_call_ptr = std::shared_ptr<const provider_call>;

/// A client's answer on its way back to its provider actor.
struct client_answer {
  std::uint64_t id = 0;
  net::llm::chat_result result;
};

using client_answer_ptr = std::shared_ptr<const client_answer>;

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::model_call_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::provider_call_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::client_answer_ptr)

CAF_BEGIN_TYPE_ID_BLOCK(llm, caf::first_custom_type_id + 100)
CAF_ADD_TYPE_ID(llm, (troupe::actors::model_call_ptr))
CAF_ADD_TYPE_ID(llm, (troupe::actors::provider_call_ptr))
CAF_ADD_TYPE_ID(llm, (troupe::actors::client_answer_ptr))
CAF_ADD_ATOM(llm, troupe::actors::atom, complete, "complete")
CAF_ADD_ATOM(llm, troupe::actors::atom, fall_back, "fall_back")
CAF_ADD_ATOM(llm, troupe::actors::atom, answered, "answered")
CAF_ADD_ATOM(llm, troupe::actors::atom, retry_call, "retry_call")
CAF_ADD_ATOM(llm, troupe::actors::atom, expire, "expire")
CAF_END_TYPE_ID_BLOCK(llm)
