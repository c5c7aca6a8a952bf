#include "net/llm/factory.hpp"

#include "net/llm/anthropic/client.hpp"
#include "net/llm/openai/client.hpp"

namespace troupe::net::llm {

std::unique_ptr<chat_client> make_client(const http::dialer& dial, const config::provider_settings& settings) {
  switch (settings.kind) {
  case config::provider_kind::openai:
    return std::make_unique<openai::client>(dial, settings);
  case config::provider_kind::anthropic:
    return std::make_unique<anthropic::client>(dial, settings);
  case config::provider_kind::extractive:
    break;
  }
  return nullptr;
}

} // namespace troupe::net::llm
