#include "net/llm/anthropic/client.hpp"

#include <atomic>
#include <utility>

#include "net/llm/anthropic/stream.hpp"
#include "net/llm/anthropic/wire.hpp"
#include "net/llm/chat_transport.hpp"
#include "net/llm/provider_error.hpp"

namespace troupe::net::llm::anthropic {

struct client::impl {
  impl(const http::dialer& dial, const config::provider_settings& s) : settings{s}, transport{dial, s} {}

  chat_result judge(const http::call_response& response, bool with_schema) {
    if (with_schema && refuses(response, output_config)) {
      takes_schemas = false;
      return chat_failure{chat_fault::unavailable, "the provider doesn't take the reply's schema",
                          std::chrono::milliseconds{0}};
    }
    return read_reply(response, settings, std::chrono::system_clock::now());
  }

  const config::provider_settings settings;
  std::atomic<bool> takes_schemas = true;
  chat_transport transport; ///< last: its calls end before the rest does
};

client::client(const http::dialer& dial, const config::provider_settings& settings)
    : impl_{std::make_unique<impl>(dial, settings)} {
  // nop
}

client::~client() = default;

void client::complete(const chat_request& request, std::function<void(chat_result)> done) {
  const auto with_schema = request.schema && impl_->takes_schemas.load();
  chat_exchange what;
  what.target = "/messages";
  what.headers = fixed_headers(impl_->settings);
  what.body = messages_body(request, impl_->settings, with_schema);
  what.judge = [self = impl_.get(), with_schema](const http::call_response& response) {
    return self->judge(response, with_schema);
  };
  what.stream = [self = impl_.get()](streamed_reply& to) {
    return std::make_unique<stream>(self->settings.api_key, to);
  };
  what.limits = [](const auto& headers) { return read_limits(headers, std::chrono::system_clock::now()); };
  impl_->transport.send(request, std::move(what), std::move(done));
}

} // namespace troupe::net::llm::anthropic
