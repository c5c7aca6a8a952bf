#pragma once

#include <memory>

#include "config/settings.hpp"
#include "net/http/client.hpp"
#include "net/llm/chat.hpp"

namespace troupe::net::llm::anthropic {

/// Anthropic's Messages (`POST {base_url}/messages`), whole or streamed.
///
/// A schema goes out as `output_config`. Where the provider refuses it (400), that call fails as `unavailable` and all
/// later ones go without: the text is then held to the schema by nobody but who reads it.
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

} // namespace troupe::net::llm::anthropic
