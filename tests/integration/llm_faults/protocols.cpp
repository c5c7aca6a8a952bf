#include "protocols.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::testing {

using namespace std::chrono_literals;
using net::llm::role;

std::string protocol::error(std::string_view type) const {
  const auto inner = R"({"type":")" + std::string{type} + R"(","message":"words","code":null})";
  return kind == config::provider_kind::openai ? R"({"error":)" + inner + "}"
                                               : R"({"type":"error","error":)" + inner + R"(,"request_id":"req_1"})";
}

std::string protocol::error_event(std::string_view type) const {
  return (kind == config::provider_kind::openai ? "data: " : "event: error\ndata: ") + error(type) + "\n\n";
}

const std::vector<protocol>& protocols() {
  static const std::vector<protocol> both{
      {config::provider_kind::openai, "/v1/chat/completions",
       R"({"model":"m","choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]})",
       "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n",
       "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"},
      {config::provider_kind::anthropic, "/v1/messages",
       R"({"type":"message","model":"m","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"})",
       "event: content_block_delta\ndata: "
       "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello\"}}\n\n",
       "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n"
       "data: {\"type\":\"message_stop\"}\n\n"}};
  return both;
}

const net::llm::chat_reply& call_outcome::reply() const {
  if (const auto* failed = std::get_if<net::llm::chat_failure>(&result))
    FAIL("no reply: " << failed->detail);
  return std::get<net::llm::chat_reply>(result);
}

const net::llm::chat_failure& call_outcome::failure() const {
  REQUIRE(std::holds_alternative<net::llm::chat_failure>(result));
  const auto& failed = std::get<net::llm::chat_failure>(result);
  CHECK_FALSE(failed.detail.empty());
  return failed;
}

config::provider_settings settings_for(const protocol& of, const std::string& url) {
  config::provider_settings result;
  result.kind = of.kind;
  result.base_url = url + "/v1";
  result.api_key = config::secret{"sk-secret"};
  result.model = "m";
  return result;
}

call_outcome ask(net::llm::chat_client& client, bool streamed) {
  call_outcome outcome;
  std::promise<net::llm::chat_result> done;
  net::llm::chat_request request{{{role::system, "be brief"}, {role::user, "why?"}}, "correlation-1"};
  if (streamed)
    request.on_text = [&outcome](std::string_view text) { outcome.text += text; };
  client.complete(request, [&done](net::llm::chat_result result) { done.set_value(std::move(result)); });
  outcome.result = done.get_future().get();
  return outcome;
}

call_outcome call(const config::provider_settings& settings, bool streamed) {
  net::io_threads io{1};
  const auto client = net::llm::make_client(io, settings);
  return ask(*client, streamed);
}

std::string streamed(std::string_view events, std::string_view more_fields) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", events.size());
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + std::string{more_fields}
         + "Transfer-Encoding: chunked\r\n\r\n" + size + std::string{events} + "\r\n";
}

scripted_server::part answering(std::string bytes) {
  return [bytes = std::move(bytes)](peer& p) {
    if (!p.request().empty())
      p.send(bytes);
  };
}

} // namespace troupe::testing
