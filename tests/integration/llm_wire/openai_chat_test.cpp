#include "net/llm/openai/client.hpp"

#include <future>
#include <stdexcept>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "net/io_threads.hpp"
#include "tests/support/scripted_server.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::net;
using namespace troupe::net::llm;
using namespace troupe::net::llm::openai;
using testing::received;
using testing::respond;
using testing::scripted_server;

namespace {

constexpr auto patience = 30s;
constexpr std::string_view completion =
    R"({"model":"small-2","choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":1}})";

config::provider_settings settings_for(const scripted_server& server) {
  config::provider_settings result;
  result.base_url = server.url() + "/v1";
  result.api_key = config::secret{"sk-secret"};
  result.model = "small";
  result.timeout = 10s;
  return result;
}

chat_request question() {
  return {{{role::system, "be brief"}, {role::user, "why?"}}, "correlation-1"};
}

std::future<chat_result> ask(openai::client& client) {
  auto promise = std::make_shared<std::promise<chat_result>>();
  client.complete(question(), [promise](chat_result result) { promise->set_value(std::move(result)); });
  return promise->get_future();
}

/// Asks for a stream; its text goes to `text` until the result is there.
std::future<chat_result> stream(openai::client& client, std::string& text, std::stop_token stop = {},
                                std::function<void()> heard = {}) {
  auto promise = std::make_shared<std::promise<chat_result>>();
  auto request = question();
  request.stop = std::move(stop);
  request.on_text = [&text, heard = std::move(heard)](std::string_view piece) {
    text += piece;
    if (heard)
      heard();
  };
  client.complete(request, [promise](chat_result result) { promise->set_value(std::move(result)); });
  return promise->get_future();
}

testing::answer streamed(std::string_view events, bool complete = true, std::string_view type = "text/event-stream") {
  std::string bytes = "HTTP/1.1 200 x\r\nContent-Type: " + std::string{type} + "\r\nTransfer-Encoding: chunked\r\n\r\n";
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", events.size());
  return {bytes + size + std::string{events} + (complete ? "\r\n0\r\n\r\n" : "\r\n")};
}

const std::string hello = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n";
const std::string finished = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

chat_result wait(std::future<chat_result> asked) {
  REQUIRE(asked.wait_for(patience) == std::future_status::ready);
  return asked.get();
}

chat_failure failure(openai::client& client) {
  const auto result = wait(ask(client));
  REQUIRE(std::holds_alternative<chat_failure>(result));
  return std::get<chat_failure>(result);
}

} // namespace

TEST_CASE("a question is posted with key and correlation id, and answered") {
  scripted_server server{[](const received&) { return respond(200, completion); }};
  io_threads io{1};
  openai::client client{io, settings_for(server)};
  const auto reply = std::get<chat_reply>(wait(ask(client)));
  CHECK(reply.text == "Hi");
  CHECK(reply.model == "small-2");
  CHECK(reply.input_tokens == 5);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "POST");
  CHECK(requests[0].target == "/v1/chat/completions");
  CHECK(requests[0].headers.at("authorization") == "Bearer sk-secret");
  CHECK(requests[0].headers.at("x-request-id") == "correlation-1");
  CHECK(requests[0].headers.at("content-type") == "application/json");
  CHECK(nlohmann::json::parse(requests[0].body)["messages"][1]["content"] == "why?");
}

TEST_CASE("without a key no authorization is sent") {
  scripted_server server{[](const received&) { return respond(200, completion); }};
  io_threads io{1};
  auto settings = settings_for(server);
  settings.api_key = config::secret{};
  openai::client client{io, settings};
  wait(ask(client));
  CHECK_FALSE(server.requests()[0].headers.contains("authorization"));
}

TEST_CASE("a provider's refusals and limits arrive as such") {
  std::atomic<unsigned> status = 429;
  scripted_server server{
      [&](const received&) { return respond(status, R"({"error":{"code":"x"}})", "Retry-After: 7\r\n"); }};
  io_threads io{1};
  openai::client client{io, settings_for(server)};
  const auto limited = failure(client);
  CHECK(limited.fault == chat_fault::rate_limited);
  CHECK(limited.retry_after == 7'000ms);
  status = 401;
  CHECK(failure(client).fault == chat_fault::refused);
  status = 500;
  CHECK(failure(client).fault == chat_fault::unavailable);
  status = 200;
  CHECK(failure(client).fault == chat_fault::unavailable);
}

TEST_CASE("a provider that isn't there is unavailable") {
  io_threads io{1};
  config::provider_settings settings;
  {
    scripted_server server{[](const received&) { return respond(200, ""); }};
    settings = settings_for(server);
  }
  openai::client client{io, settings};
  CHECK(failure(client).fault == chat_fault::unavailable);
}

TEST_CASE("a provider that breaks off or answers nonsense is unavailable") {
  for (const auto& broken :
       {testing::answer{"", true, false}, testing::answer{"HTTP/1.1 200 x\r\nContent-Length: 99\r\n\r\n{", true, false},
        testing::answer{"nonsense\r\n\r\n", true, false}}) {
    scripted_server server{[&](const received&) { return broken; }};
    io_threads io{1};
    openai::client client{io, settings_for(server)};
    CHECK(failure(client).fault == chat_fault::unavailable);
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("a provider that doesn't answer in time is unavailable") {
  scripted_server server{[](const received&) { return testing::answer{"", false, true}; }};
  io_threads io{1};
  auto settings = settings_for(server);
  settings.timeout = 100ms;
  openai::client client{io, settings};
  CHECK(failure(client).fault == chat_fault::unavailable);
}

TEST_CASE("after a provider refused the limit's name the other one is used") {
  scripted_server server{[](const received& request) {
    if (nlohmann::json::parse(request.body).contains("max_tokens"))
      return respond(400, R"({"error":{"message":"Unsupported parameter: 'max_tokens'","param":"max_tokens"}})");
    return respond(200, completion);
  }};
  io_threads io{1};
  openai::client client{io, settings_for(server)};
  const auto first = failure(client);
  CHECK(first.fault == chat_fault::unavailable);
  CHECK(first.retry_after == 0ms);
  CHECK(std::holds_alternative<chat_reply>(wait(ask(client))));
  CHECK(std::holds_alternative<chat_reply>(wait(ask(client))));
}

TEST_CASE("a provider that refuses both names is refused, not asked for ever") {
  scripted_server server{[](const received&) {
    return respond(400, R"({"error":{"message":"neither max_tokens nor max_completion_tokens"}})");
  }};
  io_threads io{1};
  openai::client client{io, settings_for(server)};
  CHECK(failure(client).fault == chat_fault::unavailable);
  CHECK(failure(client).fault == chat_fault::refused);
  CHECK(failure(client).fault == chat_fault::refused);
}

TEST_CASE("a streamed answer arrives in pieces, and its connection serves the next one") {
  scripted_server server{[](const received&) { return streamed(hello + finished); }};
  io_threads io{1};
  openai::client client{io, settings_for(server)};
  std::string text;
  const auto reply = std::get<chat_reply>(wait(stream(client, text)));
  CHECK(text == "Hello");
  CHECK(reply.text == "Hello");
  CHECK(reply.finish_reason == "stop");
  CHECK(std::holds_alternative<chat_reply>(wait(stream(client, text))));
  const auto body = nlohmann::json::parse(server.requests().at(0).body);
  CHECK(body["stream"] == true);
  CHECK(body["stream_options"]["include_usage"] == true);
}

TEST_CASE("a provider that answers whole instead of streaming gives its text in one piece") {
  scripted_server server{[](const received&) { return respond(200, completion); }};
  io_threads io{1};
  openai::client client{io, settings_for(server)};
  std::string text;
  CHECK(std::get<chat_reply>(wait(stream(client, text))).text == "Hi");
  CHECK(text == "Hi");
}

TEST_CASE("a stream of another content type is malformed") {
  scripted_server server{[](const received&) { return streamed(hello + finished, true, "text/html"); }};
  io_threads io{1};
  openai::client client{io, settings_for(server)};
  std::string text;
  CHECK(std::get<chat_failure>(wait(stream(client, text))).fault == chat_fault::malformed);
  CHECK(text.empty());
}

TEST_CASE("a limit before a stream begins arrives as such") {
  scripted_server server{
      [](const received&) { return respond(429, R"({"error":{"code":"x"}})", "Retry-After: 7\r\n"); }};
  io_threads io{1};
  openai::client client{io, settings_for(server)};
  std::string text;
  const auto limited = std::get<chat_failure>(wait(stream(client, text)));
  CHECK(limited.fault == chat_fault::rate_limited);
  CHECK(limited.retry_after == 7'000ms);
  CHECK(limited.retriable());
}

TEST_CASE("a stream that is cut off or falls silent fails after what came of it") {
  for (const bool silent : {false, true}) {
    scripted_server server{[&](const received&) {
      auto result = streamed(hello, false);
      result.close = !silent;
      return result;
    }};
    io_threads io{1};
    auto settings = settings_for(server);
    settings.silence_timeout = 50ms;
    openai::client client{io, settings};
    std::string text;
    const auto failed = std::get<chat_failure>(wait(stream(client, text)));
    CHECK(text == "Hello");
    CHECK(failed.fault == chat_fault::unavailable);
    CHECK_FALSE(failed.before_first_token);
  }
}

TEST_CASE("a stream that doesn't begin in time may be tried again") {
  scripted_server server{[](const received&) { return streamed(": one moment\n\n", false); }};
  io_threads io{1};
  auto settings = settings_for(server);
  settings.first_token_timeout = 50ms;
  openai::client client{io, settings};
  std::string text;
  CHECK(std::get<chat_failure>(wait(stream(client, text))).retriable());
}

TEST_CASE("a stream that its caller gives up is broken off") {
  scripted_server server{[](const received&) { return streamed(hello, false); }};
  io_threads io{1};
  openai::client client{io, settings_for(server)};
  std::string text;
  std::stop_source caller;
  auto asked = stream(client, text, caller.get_token(), [&] { caller.request_stop(); });
  CHECK(std::get<chat_failure>(wait(std::move(asked))).fault == chat_fault::cancelled);
}

TEST_CASE("after a provider refused to count a stream's tokens it is asked without that") {
  scripted_server server{[](const received& request) {
    if (nlohmann::json::parse(request.body).contains("stream_options"))
      return respond(422, R"({"detail":[{"loc":["body","stream_options"]}],"message":"unknown stream_options"})");
    return streamed(hello + finished);
  }};
  io_threads io{1};
  openai::client client{io, settings_for(server)};
  std::string text;
  CHECK(std::get<chat_failure>(wait(stream(client, text))).retriable());
  CHECK(std::holds_alternative<chat_reply>(wait(stream(client, text))));
}

TEST_CASE("many questions at once are answered over few connections") {
  scripted_server server{[](const received&) { return respond(200, completion); }};
  io_threads io{2};
  auto settings = settings_for(server);
  settings.max_concurrency = 4;
  openai::client client{io, settings};
  std::vector<std::future<chat_result>> asked;
  for (int i = 0; i < 200; ++i)
    asked.push_back(ask(client));
  for (auto& question_asked : asked)
    CHECK(std::holds_alternative<chat_reply>(wait(std::move(question_asked))));
  CHECK(server.requests().size() == 200);
}

TEST_CASE("a client that ends answers what is under way") {
  scripted_server server{[](const received&) { return testing::answer{"", false, true}; }};
  io_threads io{1};
  std::future<chat_result> asked;
  {
    openai::client client{io, settings_for(server)};
    asked = ask(client);
  }
  REQUIRE(asked.wait_for(0s) == std::future_status::ready);
  CHECK(std::get<chat_failure>(asked.get()).fault == chat_fault::unavailable);
}

TEST_CASE("an address or authority that makes no sense is refused at once") {
  io_threads io{1};
  config::provider_settings settings;
  settings.base_url = "not an address";
  CHECK_THROWS_AS((openai::client{io, settings}), std::invalid_argument);
  settings.base_url = "https://localhost/v1";
  settings.ca_file = "/nonexistent/ca.pem";
  CHECK_THROWS_AS((openai::client{io, settings}), std::invalid_argument);
}
