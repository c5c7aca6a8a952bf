#pragma once

#include <memory>

#include "config/settings.hpp"
#include "net/http/client.hpp"
#include "net/llm/chat.hpp"

namespace troupe::net::llm::openai {

/// Chat Completions of OpenAI and of everything that speaks like it (`POST {base_url}/chat/completions`),
/// whole or streamed. A provider that answers whole though it was asked to stream gives its text in one piece.
///
/// The length limit goes out as `max_completion_tokens` to OpenAI and Azure, whose newer models refuse `max_tokens`,
/// and as `max_tokens` to everybody else, since many servers know only that. Where a provider refuses the name (400),
/// that call fails as `unavailable` and all later ones use the other name; likewise `stream_options`, which later calls
/// go without: tokens then count as 0.
class client final : public chat_client {
public:
  /// Throws `std::invalid_argument` for a malformed `base_url` or an unreadable `ca_file`.
  client(const http::dialer& dial, const config::provider_settings& settings);
  /// Breaks off what is under way: every `done` is called before this returns. Not to be called from one of them.
  ~client() override;

  void complete(const chat_request& request, std::function<void(chat_result)> done) override;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::net::llm::openai
