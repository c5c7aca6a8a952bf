#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "config/settings.hpp"
#include "net/http/client.hpp"
#include "net/llm/chat.hpp"

namespace troupe::net::llm::openai {

struct embedding_request {
  std::vector<std::string> inputs; ///< none of them empty; providers take up to 2,048
  std::string correlation_id;      ///< sent as `X-Request-Id`
  std::chrono::milliseconds limit = std::chrono::milliseconds::max(); ///< if less than the provider's own
  std::stop_token stop{}; ///< once asked to stop, the request is broken off and its connection closed
};

struct embedding_reply {
  std::vector<std::vector<float>> vectors; ///< one for each input, in their order, all of one length
  std::string model;                       ///< as the provider names it
  std::uint64_t input_tokens = 0;
};

using embedding_result = std::variant<embedding_reply, chat_failure>;

/// The body of `POST /embeddings`.
std::string embeddings_body(const embedding_request& request, const std::string& model);

/// What a provider's answer means; vectors may come as base64 or as numbers.
/// @param count how many vectors were asked for
embedding_result read_embeddings(const http::call_response& response, std::size_t count,
                                 const config::provider_settings& settings, std::chrono::system_clock::time_point now);

/// Embeddings of OpenAI and of everything that speaks like it (`POST {base_url}/embeddings`), by the settings' model.
class embeddings {
public:
  /// Throws `std::invalid_argument` for a malformed `base_url` or an unreadable `ca_file`.
  embeddings(const http::dialer& dial, const config::provider_settings& settings);

  /// Calls `done` exactly once, never within this; before the destructor returns at the latest. Any thread.
  void embed(const embedding_request& request, std::function<void(embedding_result)> done);

private:
  const config::provider_settings settings_;
  std::unique_ptr<http::caller> client_; ///< last: its calls end before the rest does
};

} // namespace troupe::net::llm::openai
