#include "net/llm/openai/embeddings.hpp"

#include <future>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "net/io_threads.hpp"
#include "tests/support/scripted_server.hpp"

using namespace troupe;
using namespace troupe::net;
using namespace troupe::net::llm;
using testing::received;
using testing::respond;
using testing::scripted_server;

namespace {

using vectors = std::vector<std::vector<float>>;

openai::embedding_result embed(const std::string& url, std::vector<std::string> inputs) {
  config::provider_settings settings;
  settings.base_url = url + "/v1";
  settings.api_key = config::secret{"sk-secret"};
  settings.model = "e";
  io_threads io{1};
  openai::embeddings client{io, settings};
  std::promise<openai::embedding_result> told;
  client.embed({std::move(inputs), "correlation-1"},
               [&told](openai::embedding_result result) { told.set_value(std::move(result)); });
  return told.get_future().get();
}

openai::embedding_result answered(unsigned status, const std::string& body, std::vector<std::string> inputs) {
  scripted_server server{[&](const received&) { return respond(status, body, "Retry-After: 7\r\n"); }};
  return embed(server.url(), std::move(inputs));
}

chat_failure failure(const openai::embedding_result& result) {
  return std::get<chat_failure>(result);
}

} // namespace

TEST_CASE("texts are embedded, in their order, whatever form the vectors come in") {
  const std::string packed = R"({"object":"embedding","index":1,"embedding":"AAAAPwAAwD8="})";
  const std::string plain = R"({"object":"embedding","index":0,"embedding":[0.25, -1e0]})";
  scripted_server server{[&](const received&) {
    return respond(200, R"({"object":"list","data":[)" + packed + "," + plain
                            + R"(],"model":"e-2","usage":{"prompt_tokens":4,"total_tokens":4}})");
  }};
  const auto reply = std::get<openai::embedding_reply>(embed(server.url(), {"one \"a\"", "two"}));
  CHECK(reply.vectors == vectors{{0.25F, -1.0F}, {0.5F, 1.5F}});
  CHECK(reply.model == "e-2");
  CHECK(reply.input_tokens == 4);
  const auto asked = server.requests().at(0);
  CHECK(asked.target == "/v1/embeddings");
  CHECK(asked.headers.at("authorization") == "Bearer sk-secret");
  CHECK(asked.headers.at("x-request-id") == "correlation-1");
  CHECK(nlohmann::json::parse(asked.body)
        == nlohmann::json{{"model", "e"}, {"encoding_format", "base64"}, {"input", {"one \"a\"", "two"}}});
}

TEST_CASE("anything but one vector for each text, all of one length, is malformed") {
  for (const auto* data :
       {"", R"({"index":0,"embedding":[1]})", R"({"index":0,"embedding":[1]},{"index":0,"embedding":[1]})",
        R"({"embedding":[1]},{"embedding":[1,2]})", R"({"embedding":[]},{"embedding":[]})",
        R"({"embedding":["1"]},{"embedding":[1]})", R"({"embedding":"AAAAPw=="},{"embedding":"AAAA"})",
        R"({"embedding":[1]},{"embedding":[1]},{"embedding":[1]})", R"({"index":7,"embedding":[1]},{"embedding":[1]})"})
    CHECK(failure(answered(200, R"({"data":[)" + std::string{data} + "]}", {"a", "b"})).fault == chat_fault::malformed);
  for (const auto* body : {"", "<html>", "[]", "{}", R"({"data":null})"})
    CHECK(failure(answered(200, body, {"a"})).fault == chat_fault::malformed);
}

TEST_CASE("what keeps texts from being embedded is told as for calls of models") {
  const auto limited = failure(answered(429, R"({"error":{"code":"rate_limit_exceeded"}})", {"a"}));
  CHECK(limited.fault == chat_fault::rate_limited);
  CHECK(limited.retry_after == std::chrono::seconds{7});
  CHECK(failure(answered(401, R"({"error":{"message":"sk-secret"}})", {"a"})).detail == "HTTP 401: [key]");
  CHECK(failure(answered(200, R"({"error":{"type":"server_error"}})", {"a"})).fault == chat_fault::unavailable);
  std::string url;
  {
    scripted_server gone{[](const received&) { return respond(200, ""); }};
    url = gone.url();
  }
  CHECK(failure(embed(url, {"a"})).fault == chat_fault::unavailable);
}
