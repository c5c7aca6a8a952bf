#include "net/llm/openai/wire.hpp"
#include "net/llm/provider_error.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::net;
using namespace troupe::net::llm;
using namespace troupe::net::llm::openai;

namespace {

config::provider_settings settings() {
  config::provider_settings result;
  result.base_url = "http://localhost:1/v1";
  result.api_key = config::secret{"sk-secret"};
  result.model = "small";
  result.max_tokens = 1234;
  return result;
}

chat_result reply_to(unsigned status, std::string body, std::vector<http::header> headers = {}) {
  return read_reply({status, std::move(headers), std::move(body)}, settings(), std::chrono::system_clock::now());
}

chat_failure failure(unsigned status, std::string body, std::vector<http::header> headers = {}) {
  const auto result = reply_to(status, std::move(body), std::move(headers));
  REQUIRE(std::holds_alternative<chat_failure>(result));
  return std::get<chat_failure>(result);
}

/// A completion whose message is this JSON.
std::string completion(std::string_view message, std::string_view finish_reason = "\"stop\"") {
  return R"({"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"small-2","choices":[{"index":0,"message":)"
         + std::string{message} + R"(,"logprobs":null,"finish_reason":)" + std::string{finish_reason}
         + R"(}],"usage":{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6,"prompt_tokens_details":{"cached_tokens":0}}})";
}

std::string text_of(std::string_view message) {
  return std::get<chat_reply>(reply_to(200, completion(message))).text;
}

std::string error(std::string_view code, std::string_view type = "x") {
  return R"({"error":{"message":"words","type":")" + std::string{type} + R"(","param":null,"code":")"
         + std::string{code} + R"("}})";
}

} // namespace

TEST_CASE("a request's body holds model, messages and limit") {
  const chat_request request{
      {{role::system, "be brief"}, {role::user, "line\n\"quoted\" ü\x01"}, {role::assistant, "ok"}}, "id-1"};
  const auto body = nlohmann::json::parse(chat_body(request, settings(), length_member::max_tokens));
  CHECK(body
        == nlohmann::json{{"model", "small"},
                          {"stream", false},
                          {"max_tokens", 1234},
                          {"messages",
                           {{{"role", "system"}, {"content", "be brief"}},
                            {{"role", "user"}, {"content", "line\n\"quoted\" ü\x01"}},
                            {{"role", "assistant"}, {"content", "ok"}}}}});
}

TEST_CASE("temperature is sent only where it is set") {
  auto with = settings();
  with.temperature = 0.2;
  const auto body = nlohmann::json::parse(chat_body({}, with, length_member::max_completion_tokens));
  CHECK(body["temperature"] == 0.2);
  CHECK(body["max_completion_tokens"] == 1234);
  CHECK_FALSE(body.contains("max_tokens"));
  CHECK(body["messages"].empty());
}

TEST_CASE("a streamed reply is asked for with its tokens counted, unless the provider doesn't know that") {
  chat_request request{{{role::user, "x"}}, ""};
  request.on_text = [](std::string_view) {};
  const auto body = nlohmann::json::parse(chat_body(request, settings(), length_member::max_tokens));
  CHECK(body["stream"] == true);
  CHECK(body["stream_options"] == nlohmann::json{{"include_usage", true}});
  CHECK_FALSE(nlohmann::json::parse(chat_body(request, settings(), length_member::max_tokens, false))
                  .contains("stream_options"));
}

TEST_CASE("a reply's schema is asked for as its response format") {
  chat_request request{{{role::user, "x"}}, ""};
  request.schema = reply_schema{"profile", R"({"type":"object"})", true};
  const auto body = nlohmann::json::parse(chat_body(request, settings(), length_member::max_tokens));
  CHECK(body["response_format"]
        == nlohmann::json{{"type", "json_schema"},
                          {"json_schema", {{"name", "profile"}, {"schema", {{"type", "object"}}}, {"strict", true}}}});
}

TEST_CASE("pictures are sent in front of the text that speaks of them") {
  message asked{role::user, "what is this?"};
  asked.images.push_back({"image/png", std::make_shared<const std::string>("\x89PNG"), {}});
  asked.images.push_back({{}, nullptr, "https://example.com/a.png"});
  const auto body = nlohmann::json::parse(chat_body({{asked}, ""}, settings(), length_member::max_tokens));
  CHECK(body["messages"][0]["content"]
        == nlohmann::json::parse(R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw=="}},
             {"type":"image_url","image_url":{"url":"https://example.com/a.png"}},
             {"type":"text","text":"what is this?"}])"));
}

TEST_CASE("tools, their calls and what came of them are sent") {
  chat_request request{{{role::user, "who owns 10.0.0.7?"}, {role::assistant, ""}, {role::tool, "Alice"}}, ""};
  request.messages[1].calls = {{"call_1", "lookup", R"({"ip":"10.0.0.7"})"}, {"call_2", "now", "{}"}};
  request.messages[2].answers = "call_1";
  request.tools = {{"lookup", "an asset", R"({"type":"object"})", true}, {"now", "", R"({"type":"object"})"}};
  const auto body = nlohmann::json::parse(chat_body(request, settings(), length_member::max_tokens));
  CHECK(body["tools"]
        == nlohmann::json::parse(R"([{"type":"function","function":{"name":"lookup","description":"an asset",
             "parameters":{"type":"object"},"strict":true}},
             {"type":"function","function":{"name":"now","parameters":{"type":"object"}}}])"));
  CHECK(body["messages"][1] == nlohmann::json::parse(R"({"role":"assistant","content":null,"tool_calls":[
             {"id":"call_1","type":"function","function":{"name":"lookup","arguments":"{\"ip\":\"10.0.0.7\"}"}},
             {"id":"call_2","type":"function","function":{"name":"now","arguments":"{}"}}]})"));
  CHECK(body["messages"][2] == nlohmann::json{{"role", "tool"}, {"content", "Alice"}, {"tool_call_id", "call_1"}});
  CHECK_FALSE(body.contains("tool_choice"));
  const auto choice = [&](tool_choice chosen) {
    request.tool_choice = chosen;
    return nlohmann::json::parse(chat_body(request, settings(), length_member::max_tokens))["tool_choice"];
  };
  CHECK(choice(tool_choice::none) == "none");
  CHECK(choice(tool_choice::any) == "required");
}

TEST_CASE("a reply that calls tools needs no text, but calls that make sense") {
  const auto calling = [](std::string_view call) {
    return reply_to(200, completion(R"({"content":null,"tool_calls":[)" + std::string{call} + "]}", "\"tool_calls\""));
  };
  const auto reply = std::get<chat_reply>(
      calling(R"({"id":"call_1","type":"function","function":{"name":"lookup","arguments":"{\"ip\":\"::1\"}"}},
                 {"id":"call_2","type":"function","function":{"name":"now","arguments":""}})"));
  CHECK(reply.finish_reason == "tool_calls");
  REQUIRE(reply.calls.size() == 2);
  CHECK(reply.calls[0].id == "call_1");
  CHECK(reply.calls[0].arguments == R"({"ip":"::1"})");
  CHECK(reply.calls[1].name == "now");
  CHECK(reply.calls[1].arguments == "{}");
  for (const auto* bad : {R"({"id":"c","function":{"name":"x","arguments":"{"}})",
                          R"({"id":"c","function":{"name":"x","arguments":"[]"}})",
                          R"({"id":"c","function":{"arguments":"{}"}})", "null"})
    CHECK(std::get<chat_failure>(calling(bad)).fault == chat_fault::malformed);
}

TEST_CASE("the limits that a response tells of are read, their times as durations") {
  const auto limits = read_limits({{"x-ratelimit-limit-requests", "60"},
                                   {"X-RateLimit-Remaining-Requests", "59"},
                                   {"x-ratelimit-reset-requests", "6m0.5s"},
                                   {"x-ratelimit-remaining-tokens", "149984"},
                                   {"x-ratelimit-reset-tokens", "12ms"}});
  CHECK(limits.requests.limit == 60);
  CHECK(limits.requests.remaining == 59);
  CHECK(limits.requests.reset == 360'500ms);
  CHECK_FALSE(limits.tokens.limit);
  CHECK(limits.tokens.remaining == 149'984);
  CHECK(limits.tokens.reset == 12ms);
  const auto odd = read_limits({{"x-ratelimit-remaining-requests", "-1"},
                                {"x-ratelimit-reset-requests", "soon"},
                                {"x-ratelimit-remaining-tokens", "1.5"},
                                {"x-ratelimit-reset-tokens", "999999999h"}});
  CHECK_FALSE(odd.requests.remaining);
  CHECK(odd.requests.reset == 0ms);
  CHECK_FALSE(odd.tokens.remaining);
  CHECK(odd.tokens.reset == 24h);
}

TEST_CASE("invalid UTF-8 in a prompt doesn't make the body invalid") {
  const auto body = chat_body({{{role::user, "a\xff"
                                             "b"}},
                               ""},
                              settings(), length_member::max_tokens);
  CHECK(nlohmann::json::parse(body)["messages"][0]["content"]
        == "a\xef\xbf\xbd"
           "b");
}

TEST_CASE("OpenAI and Azure are sent the new name of the limit, all others the old one") {
  CHECK(usual_length_member("https://api.openai.com/v1") == length_member::max_completion_tokens);
  CHECK(usual_length_member("https://eu.api.openai.com/v1") == length_member::max_completion_tokens);
  CHECK(usual_length_member("https://acme.openai.azure.com/openai/v1") == length_member::max_completion_tokens);
  CHECK(usual_length_member("https://api.mistral.ai/v1") == length_member::max_tokens);
  CHECK(usual_length_member("http://127.0.0.1:11434/v1") == length_member::max_tokens);
  CHECK(usual_length_member("https://api.openai.com.evil.example/v1") == length_member::max_tokens);
}

TEST_CASE("a completion is read with its model, reason and tokens") {
  const auto reply =
      std::get<chat_reply>(reply_to(200, completion(R"({"role":"assistant","content":"Hi","refusal":null})")));
  CHECK(reply.text == "Hi");
  CHECK(reply.finish_reason == "stop");
  CHECK(reply.model == "small-2");
  CHECK(reply.input_tokens == 5);
  CHECK(reply.output_tokens == 1);
}

TEST_CASE("usage, model and reason may be missing") {
  const auto reply = std::get<chat_reply>(reply_to(200, R"({"choices":[{"message":{"content":"Hi"}}]})"));
  CHECK(reply.text == "Hi");
  CHECK(reply.model == "small");
  CHECK(reply.finish_reason.empty());
  CHECK(reply.input_tokens == 0);
  CHECK_NOTHROW(std::get<chat_reply>(
      reply_to(200, R"({"usage":null,"model":null,"choices":[{"finish_reason":null,"message":{"content":"Hi"}}]})")));
  CHECK(std::get<chat_reply>(
            reply_to(
                200,
                R"({"usage":{"prompt_tokens":-1,"completion_tokens":"9"},"choices":[{"message":{"content":"Hi"}}]})"))
            .output_tokens
        == 0);
}

TEST_CASE("content may come in parts") {
  CHECK(
      text_of(
          R"({"content":[{"type":"text","text":"one "},{"type":"image_url","image_url":{"url":"x"}},{"type":"text","text":"two"}, "x"]})")
      == "one two");
}

TEST_CASE("of several choices the first counts") {
  CHECK(std::get<chat_reply>(reply_to(200, R"({"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]})"))
            .text
        == "a");
}

TEST_CASE("white space around the text and a thought in front of it are dropped") {
  CHECK(text_of(R"({"content":"\n  Hi \n there\n\n"})") == "Hi \n there");
  CHECK(text_of(R"({"content":"<think>\nhm <b>\n</think>\n\nHi"})") == "Hi");
  CHECK(text_of(R"({"content":"Hi <think>x</think>"})") == "Hi <think>x</think>");
}

TEST_CASE("characters that can't be kept are replaced") {
  CHECK(text_of(R"({"content":"a\u0000b\ud800c"})")
        == "a\xef\xbf\xbd"
           "b\xef\xbf\xbd"
           "c");
}

TEST_CASE("an answer without text is malformed") {
  for (const auto* message :
       {R"({"content":""})", R"({"content":" \n\t "})", R"({"content":null})", "{}", R"({"content":[]})",
        R"({"content":"<think>only thoughts"})", R"({"content":null,"tool_calls":[]})"})
    CHECK(failure(200, completion(message)).fault == chat_fault::malformed);
}

TEST_CASE("a refusal is refused for good") {
  CHECK(failure(200, completion(R"({"content":null,"refusal":"I can't"})")).fault == chat_fault::refused);
  CHECK(text_of(R"({"content":"Hi","refusal":""})") == "Hi");
}

TEST_CASE("200 with anything but a completion is malformed") {
  const auto good = completion(R"({"content":"Hi"})");
  for (const std::string& body :
       {std::string{}, std::string{"<html>"}, std::string{"[]"}, std::string{"{}"}, std::string{"null"},
        std::string{R"({"choices":[]})"}, std::string{R"({"choices":null})"}, std::string{R"({"choices":[null]})"},
        std::string{R"({"choices":[{"message":null}]})"}, good.substr(0, good.size() - 1), good + "x",
        std::string{"{\"choices\":[{\"message\":{\"content\":\"\xff\"}}]}"}})
    CHECK(failure(200, body).fault == chat_fault::malformed);
}

TEST_CASE("200 with an error is what the error says") {
  CHECK(failure(200, R"({"error":{"message":"x"}})").fault == chat_fault::unavailable);
  CHECK(failure(200, error("rate_limit_exceeded")).fault == chat_fault::rate_limited);
  const auto refused = failure(200, error("model_not_found"));
  CHECK(refused.fault == chat_fault::refused);
  CHECK(refused.detail == "an error instead of a reply: HTTP 200 model_not_found (x)");
}

TEST_CASE("a redirect is named, not followed") {
  CHECK(failure(302, "").detail == "HTTP 302: a redirect, which isn't followed; base_url has to be the last address");
}

TEST_CASE("429 says when to try again") {
  const auto limited = failure(429, error("rate_limit_exceeded", "requests"), {{"Retry-After", "7"}});
  CHECK(limited.fault == chat_fault::rate_limited);
  CHECK(limited.retry_after == 7'000ms);
  CHECK(limited.detail == "HTTP 429 rate_limit_exceeded (requests)");
  CHECK_FALSE(failure(429, "").retry_after);
  CHECK(failure(529, "").fault == chat_fault::unavailable);
}

TEST_CASE("an exhausted quota is refused though its status is 429") {
  for (const auto* code : {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}) {
    CHECK(failure(429, error(code), {{"Retry-After", "7"}}).fault == chat_fault::refused);
    CHECK_FALSE(failure(429, error("x", code), {{"Retry-After", "7"}}).retry_after);
  }
}

TEST_CASE("what may pass by itself is unavailable") {
  for (const auto status : {408U, 409U, 425U, 500U, 502U, 503U, 504U, 520U})
    CHECK(failure(status, "<html>").fault == chat_fault::unavailable);
  CHECK(failure(503, "", {{"retry-after", "3"}}).retry_after == 3'000ms);
}

TEST_CASE("what won't get better is refused") {
  for (const auto status : {301U, 400U, 401U, 402U, 403U, 404U, 413U, 422U})
    CHECK(failure(status, error("x"), {{"retry-after", "3"}}).fault == chat_fault::refused);
  CHECK_FALSE(failure(400, error("x"), {{"retry-after", "3"}}).retry_after);
}

TEST_CASE("a call that got no answer is unavailable, whatever happened") {
  CHECK(failure_of({http::call_fault::cancelled, "taken back"}).fault == chat_fault::cancelled);
  for (const auto fault : {http::call_fault::unreachable, http::call_fault::unknown_outcome,
                           http::call_fault::bad_response, http::call_fault::not_sent_in_time}) {
    const auto result = failure_of({fault, "why"});
    CHECK(result.fault == chat_fault::unavailable);
    CHECK(result.detail == "why");
  }
}

TEST_CASE("a provider that doesn't know the limit's name is understood") {
  const auto refused = [](unsigned status, std::string body) {
    return refuses({status, {}, std::move(body)}, name_of(length_member::max_tokens));
  };
  CHECK(refused(
      400,
      R"({"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}})"));
  CHECK(refused(422, R"({"error":"unknown field max_tokens"})"));
  CHECK_FALSE(refused(400, R"({"error":{"message":"bad","param":"temperature"}})"));
  CHECK_FALSE(refused(500, R"({"error":{"param":"max_tokens"}})"));
  CHECK_FALSE(refuses({400, {}, R"({"error":{"param":"max_tokens"}})"}, name_of(length_member::max_completion_tokens)));
}
