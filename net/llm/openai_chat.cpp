#include "net/llm/openai_chat.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "net/http/text.hpp"
#include "net/llm/openai_stream.hpp"
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

/// What a provider is asked with; it may turn out not to know a member.
struct dialect {
  length_member length;
  bool usage; ///< `stream_options` is sent
};

/// A streamed reply on its way.
struct streamed_call {
  streamed_call(const config::provider_settings& settings, const chat_request& request,
                std::function<void(chat_result)> done)
      : reply{settings.model, request.on_text, std::move(done)}, stream{settings.api_key, reply} {
    // nop
  }

  streamed_reply reply;
  openai_stream stream;
  bool is_stream = false; ///< the provider really streams
};

bool is_event_stream(const http::call_response& head) {
  constexpr std::string_view wanted = "text/event-stream";
  const auto type = head.get("Content-Type").substr(0, wanted.size());
  return head.status >= 200 && head.status < 300 && http::equal_ignoring_case(type, wanted);
}

chat_failure unknown_to_provider(std::string_view member) {
  return {chat_fault::unavailable, "the provider doesn't know " + std::string{member}, std::chrono::milliseconds{0}};
}

} // namespace

struct openai_chat::impl {
  impl(const http::dialer& dial, const config::provider_settings& s)
      : settings{s}, length{usual_length_member(s.base_url)}, client{dial(endpoint_of(s))} {
    // nop
  }

  http::call call_of(const chat_request& request, dialect with) const {
    http::call result;
    result.method = "POST";
    result.target = "/chat/completions";
    result.headers = {{"Content-Type", "application/json"},
                      {"Accept", request.on_text ? "text/event-stream, application/json" : "application/json"}};
    if (!settings.api_key.empty())
      result.headers.emplace_back("Authorization", "Bearer " + settings.api_key.reveal());
    if (!request.correlation_id.empty())
      result.headers.emplace_back("X-Request-Id", request.correlation_id);
    result.body = chat_body(request, settings, with.length, with.usage);
    // A stream that goes on is well, however long it takes.
    const bool goes_on = request.on_text && request.limit < std::chrono::milliseconds::max();
    result.timeout = goes_on ? request.limit : std::min(settings.timeout, request.limit);
    result.connect_timeout = settings.connect_timeout;
    result.stop = request.stop;
    return result;
  }

  /// Takes the body in pieces, unless the response isn't a stream after all.
  http::body_stream taker_of(const std::shared_ptr<streamed_call>& call, const chat_request& request) const {
    http::body_stream result;
    result.begin = [call](const http::call_response& head) -> http::body_stream::taker {
      call->is_stream = is_event_stream(head);
      if (!call->is_stream)
        return {};
      return [call](std::string_view piece) { return call->stream.put(piece); };
    };
    result.first_timeout = std::min(settings.first_token_timeout, request.first_token_limit);
    result.silence_timeout = settings.silence_timeout;
    return result;
  }

  chat_result judge(const http::call_result& result, dialect with) {
    if (const auto* failure = std::get_if<http::call_failure>(&result))
      return failure_of(*failure);
    const auto& response = std::get<http::call_response>(result);
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
  std::unique_ptr<http::caller> client; ///< last: its calls end before the rest does
};

openai_chat::openai_chat(const http::dialer& dial, const config::provider_settings& settings)
    : impl_{std::make_unique<impl>(dial, settings)} {
  // nop
}

openai_chat::~openai_chat() = default;

void openai_chat::complete(const chat_request& request, std::function<void(chat_result)> done) {
  const dialect with{impl_->length.load(), request.on_text && impl_->usage.load()};
  auto call = impl_->call_of(request, with);
  if (!request.on_text)
    return impl_->client->send(std::move(call),
                               [self = impl_.get(), with, done = std::move(done)](const http::call_result& result) {
                                 done(self->judge(result, with));
                               });
  auto reply = std::make_shared<streamed_call>(impl_->settings, request, std::move(done));
  call.stream = impl_->taker_of(reply, request);
  impl_->client->send(std::move(call), [self = impl_.get(), with, reply](const http::call_result& result) {
    if (reply->is_stream)
      reply->stream.end(std::get_if<http::call_failure>(&result));
    else
      reply->reply.settle(self->judge(result, with));
  });
}

} // namespace troupe::net::llm
