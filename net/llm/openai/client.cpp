#include "net/llm/openai/client.hpp"

#include <atomic>
#include <utility>

#include "net/llm/chat_transport.hpp"
#include "net/llm/openai/stream.hpp"
#include "net/llm/openai/wire.hpp"
#include "net/llm/provider_error.hpp"

namespace troupe::net::llm::openai {

namespace {

/// What a provider is asked with; it may turn out not to know a member.
struct dialect {
  length_member length;
  bool usage; ///< `stream_options` is sent
};

chat_failure unknown_to_provider(std::string_view member) {
  return {chat_fault::unavailable, "the provider doesn't know " + std::string{member}, std::chrono::milliseconds{0}};
}

} // namespace

struct client::impl {
  impl(const http::dialer& dial, const config::provider_settings& s)
      : settings{s}, length{usual_length_member(s.base_url)}, transport{dial, s} {
    // nop
  }

  chat_result judge(const http::call_response& response, dialect with) {
    if (with.usage && refuses(response, stream_options)) {
      usage = false;
      return unknown_to_provider(stream_options);
    }
    if (refuses(response, name_of(with.length)) && turn_from(with.length))
      return unknown_to_provider(name_of(with.length));
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
  std::atomic<bool> usage = true;
  chat_transport transport; ///< last: its calls end before the rest does
};

client::client(const http::dialer& dial, const config::provider_settings& settings)
    : impl_{std::make_unique<impl>(dial, settings)} {
  // nop
}

client::~client() = default;

void client::complete(const chat_request& request, std::function<void(chat_result)> done) {
  const dialect with{impl_->length.load(), request.on_text && impl_->usage.load()};
  chat_exchange what;
  what.target = "/chat/completions";
  what.headers = key_header(impl_->settings.api_key);
  what.body = chat_body(request, impl_->settings, with.length, with.usage);
  what.judge = [self = impl_.get(), with](const http::call_response& response) { return self->judge(response, with); };
  what.stream = [self = impl_.get()](streamed_reply& to) {
    return std::make_unique<stream>(self->settings.api_key, to);
  };
  what.limits = read_limits;
  impl_->transport.send(request, std::move(what), std::move(done));
}

} // namespace troupe::net::llm::openai
