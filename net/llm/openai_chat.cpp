#include "net/llm/openai_chat.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "net/llm/openai_wire.hpp"

namespace troupe::net::llm {

namespace {

http::endpoint_settings endpoint_of(const config::provider_settings& settings) {
  http::endpoint_settings result;
  result.url = settings.base_url;
  result.ca_file = settings.ca_file.string();
  result.max_connections = settings.max_concurrency;
  return result;
}

} // namespace

struct openai_chat::impl {
  impl(const http::dialer& dial, const config::provider_settings& s)
      : settings{s}, length{usual_length_member(s.base_url)}, client{dial(endpoint_of(s))} {
    // nop
  }

  http::call call_of(const chat_request& request, length_member with) const {
    http::call result;
    result.method = "POST";
    result.target = "/chat/completions";
    result.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
    if (!settings.api_key.empty())
      result.headers.emplace_back("Authorization", "Bearer " + settings.api_key.reveal());
    if (!request.correlation_id.empty())
      result.headers.emplace_back("X-Request-Id", request.correlation_id);
    result.body = chat_body(request, settings, with);
    result.timeout = std::min(settings.timeout, request.limit);
    result.connect_timeout = settings.connect_timeout;
    result.stop = request.stop;
    return result;
  }

  chat_result judge(const http::call_result& result, length_member with) {
    if (const auto* failure = std::get_if<http::call_failure>(&result))
      return failure_of(*failure);
    const auto& response = std::get<http::call_response>(result);
    if (refuses(response, with) && turn_from(with))
      return chat_failure{chat_fault::unavailable, "the provider doesn't know " + std::string{name_of(with)},
                          std::chrono::milliseconds{0}};
    return read_reply(response, settings, std::chrono::system_clock::now());
  }

  /// Uses the other name from now on. False when that was tried before and didn't help either.
  bool turn_from(length_member with) {
    if (with != length.load())
      return true; // another call has done so meanwhile
    if (turned.exchange(true))
      return false;
    length = with == length_member::max_tokens ? length_member::max_completion_tokens : length_member::max_tokens;
    return true;
  }

  const config::provider_settings settings;
  std::atomic<length_member> length;
  std::atomic<bool> turned = false;
  std::unique_ptr<http::caller> client; ///< last: its calls end before the rest does
};

openai_chat::openai_chat(const http::dialer& dial, const config::provider_settings& settings)
    : impl_{std::make_unique<impl>(dial, settings)} {
  // nop
}

openai_chat::~openai_chat() = default;

void openai_chat::complete(const chat_request& request, std::function<void(chat_result)> done) {
  const auto with = impl_->length.load();
  impl_->client->send(impl_->call_of(request, with),
                      [self = impl_.get(), with, done = std::move(done)](const http::call_result& result) {
                        done(self->judge(result, with));
                      });
}

} // namespace troupe::net::llm
