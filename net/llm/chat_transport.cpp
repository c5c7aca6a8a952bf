#include "net/llm/chat_transport.hpp"

#include <algorithm>
#include <utility>

#include "net/http/text.hpp"
#include "net/llm/provider_error.hpp"

namespace troupe::net::llm {

namespace {

http::endpoint_settings endpoint_of(const config::provider_settings& settings) {
  http::endpoint_settings result;
  result.url = settings.base_url;
  result.ca_file = settings.ca_file.string();
  result.max_connections = settings.max_concurrency;
  return result;
}

void set_limits(chat_result& result, const rate_limits& limits) {
  std::visit([&](auto& each) { each.limits = limits; }, result);
}

/// A streamed reply on its way.
struct streamed_call {
  streamed_call(std::string model, const chat_request& request, chat_exchange exchange,
                std::function<void(chat_result)> done)
      : what{std::move(exchange)}, reply{std::move(model), request.on_text,
                                         [this, done = std::move(done)](chat_result result) {
                                           set_limits(result, limits);
                                           done(std::move(result));
                                         }} {
    // nop
  }

  chat_exchange what;
  rate_limits limits{};
  streamed_reply reply;
  std::unique_ptr<reply_stream> stream{}; ///< null = the provider doesn't really stream
};

bool is_coded(const http::call_response& head) {
  const auto coding = head.get("Content-Encoding");
  return !coding.empty() && !http::equal_ignoring_case(coding, "identity");
}

bool is_event_stream(const http::call_response& head) {
  return head.status >= 200 && head.status < 300 && !is_coded(head)
         && http::equal_ignoring_case(http::media_type(head.get("Content-Type")), "text/event-stream");
}

chat_result judge(const chat_exchange& what, const http::call_result& result) {
  if (const auto* failure = std::get_if<http::call_failure>(&result))
    return failure_of(*failure);
  const auto& response = std::get<http::call_response>(result);
  if (response.status >= 200 && response.status < 300 && is_coded(response))
    return chat_failure{chat_fault::malformed, "the answer is compressed, which nobody asked for", std::nullopt};
  auto found = what.judge(response);
  set_limits(found, what.limits(response.headers));
  return found;
}

} // namespace

chat_transport::chat_transport(const http::dialer& dial, const config::provider_settings& settings)
    : settings_{settings}, client_{dial(endpoint_of(settings))} {
  // nop
}

http::call chat_transport::call_of(const chat_request& request, chat_exchange& what) const {
  http::call result;
  result.method = "POST";
  result.target = std::move(what.target);
  result.headers = std::move(what.headers);
  result.headers.emplace_back("Content-Type", "application/json");
  result.headers.emplace_back("Accept", request.on_text ? "text/event-stream, application/json" : "application/json");
  result.headers.emplace_back("Accept-Encoding", "identity");
  if (!request.correlation_id.empty())
    result.headers.emplace_back("X-Request-Id", request.correlation_id);
  result.body = std::move(what.body);
  // A stream that goes on is well, however long it takes.
  const bool goes_on = request.on_text && request.limit < std::chrono::milliseconds::max();
  result.timeout = goes_on ? request.limit : std::min(settings_.timeout, request.limit);
  result.connect_timeout = settings_.connect_timeout;
  // A pooled connection that its peer is closing is nobody's fault: the reply that may be lost with it changes nothing.
  result.may_repeat = true;
  result.stop = request.stop;
  return result;
}

void chat_transport::send(const chat_request& request, chat_exchange what, std::function<void(chat_result)> done) {
  auto call = call_of(request, what);
  if (!request.on_text)
    return client_->send(std::move(call), [what = std::move(what), done = std::move(done)](
                                              const http::call_result& result) { done(judge(what, result)); });
  auto reply = std::make_shared<streamed_call>(settings_.model, request, std::move(what), std::move(done));
  auto& body = call.stream.emplace();
  body.begin = [reply](const http::call_response& head) -> http::body_stream::taker {
    if (!is_event_stream(head))
      return {};
    reply->limits = reply->what.limits(head.headers);
    reply->stream = reply->what.stream(reply->reply);
    return [reply](std::string_view piece) { return reply->stream->put(piece); };
  };
  body.first_timeout = std::min(settings_.first_token_timeout, request.first_token_limit);
  body.silence_timeout = settings_.silence_timeout;
  client_->send(std::move(call), [reply](const http::call_result& result) {
    if (reply->stream)
      return reply->stream->end(std::get_if<http::call_failure>(&result));
    auto judged = judge(reply->what, result);
    reply->limits = std::visit([](const auto& each) { return each.limits; }, judged);
    reply->reply.settle(std::move(judged));
  });
}

} // namespace troupe::net::llm
