#include "net/llm/anthropic/wire.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::net;
using namespace troupe::net::llm;
using config::messages_version;
using config::prompt_cache;
using nlohmann::json;

namespace {

config::provider_settings settings() {
  config::provider_settings result;
  result.kind = config::provider_kind::anthropic;
  result.api_key = config::secret{"sk-secret"};
  result.model = "claude-x";
  result.max_tokens = 1234;
  result.prompt_cache = prompt_cache::none;
  return result;
}

json body_of(const chat_request& request, const config::provider_settings& with = settings()) {
  return json::parse(anthropic::messages_body(request, with));
}

const auto noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h;

chat_result reply_to(unsigned status, std::string body, std::vector<http::header> headers = {}) {
  return anthropic::read_reply({status, std::move(headers), std::move(body)}, settings(), noon);
}

chat_failure failure(unsigned status, std::string body, std::vector<http::header> headers = {}) {
  return std::get<chat_failure>(reply_to(status, std::move(body), std::move(headers)));
}

std::string error(std::string_view type, std::string_view more = "") {
  return R"({"type":"error","error":{"type":")" + std::string{type} + R"(","message":"words")" + std::string{more}
         + R"(},"request_id":"req_1"})";
}

std::string reply_of(std::string_view content, std::string_view stop_reason = "end_turn") {
  return R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x-1","content":)" + std::string{content}
         + R"(,"stop_reason":")" + std::string{stop_reason}
         + R"(","stop_sequence":null,"usage":{"input_tokens":20,"output_tokens":3,"cache_creation_input_tokens":10,"cache_read_input_tokens":100,"service_tier":"standard"}})";
}

} // namespace

TEST_CASE("what a system says stands in front of a message's turns") {
  const chat_request request{{{role::system, "be brief"},
                              {role::user, "line\n\"quoted\" \xff"},
                              {role::assistant, "ok"},
                              {role::user, ""},
                              {role::system, "be kind"},
                              {role::user, "go on"}},
                             "id-1"};
  CHECK(body_of(request) == json::parse(R"({"model":"claude-x","max_tokens":1234,
      "system":[{"type":"text","text":"be brief"},{"type":"text","text":"be kind"}],
      "messages":[{"role":"user","content":[{"type":"text","text":"line\n\"quoted\" \ufffd"}]},
                  {"role":"assistant","content":[{"type":"text","text":"ok"}]},
                  {"role":"user","content":[{"type":"text","text":"go on"}]}]})"));
  CHECK(body_of({}) == json{{"model", "claude-x"}, {"max_tokens", 1234}, {"messages", json::array()}});
}

TEST_CASE("a message is asked for with key and version") {
  using fields = std::vector<http::header>;
  auto with = settings();
  CHECK(anthropic::fixed_headers(with) == fields{{"anthropic-version", "2026-10-21"}, {"X-Api-Key", "sk-secret"}});
  with.api_version = messages_version::v2023_06_01;
  with.api_key = {};
  CHECK(anthropic::fixed_headers(with) == fields{{"anthropic-version", "2023-06-01"}});
}

TEST_CASE("temperature goes only to the version that takes it, within its range") {
  chat_request request{{{role::user, "x"}}, ""};
  request.temperature = 1.5;
  request.max_tokens = 5;
  auto with = settings();
  with.temperature = 0.2;
  CHECK_FALSE(body_of(request, with).contains("temperature"));
  with.api_version = messages_version::v2023_06_01;
  CHECK(body_of(request, with)["temperature"] == 1.0);
  CHECK(body_of(request, with)["max_tokens"] == 5);
  request.temperature.reset();
  CHECK(body_of(request, with)["temperature"] == 0.2);
}

TEST_CASE("what stays the same in front of every conversation is marked for the provider's cache") {
  chat_request request{{{role::system, "a"}, {role::system, "b"}, {role::user, "x"}}, ""};
  request.tools = {{"one", "", "{}"}, {"two", "", "{}"}};
  auto with = settings();
  with.prompt_cache = prompt_cache::five_minutes;
  auto body = body_of(request, with);
  CHECK_FALSE(body["system"][0].contains("cache_control"));
  CHECK(body["system"][1]["cache_control"] == json{{"type", "ephemeral"}});
  CHECK_FALSE(body["tools"][1].contains("cache_control"));
  with.prompt_cache = prompt_cache::one_hour;
  request.messages.erase(request.messages.begin(), request.messages.begin() + 2);
  body = body_of(request, with);
  CHECK_FALSE(body["tools"][0].contains("cache_control"));
  CHECK(body["tools"][1]["cache_control"] == json{{"type", "ephemeral"}, {"ttl", "1h"}});
  CHECK(body_of(request).dump().find("cache_control") == std::string::npos);
}

TEST_CASE("a message's schema and stream are asked for") {
  chat_request request{{{role::user, "x"}}, ""};
  request.schema = reply_schema{"profile", R"({"type":"object"})", false};
  request.on_text = [](std::string_view) {};
  const auto body = body_of(request);
  CHECK(body["stream"] == true);
  CHECK(body["output_config"] == json::parse(R"({"format":{"type":"json_schema","schema":{"type":"object"}}})"));
  CHECK_FALSE(json::parse(anthropic::messages_body(request, settings(), false)).contains("output_config"));
}

TEST_CASE("a message's pictures stand in front of the text that speaks of them") {
  llm::message asked{role::user, "what is this?"};
  asked.images.push_back({"image/png", std::make_shared<const std::string>("\x89PNG"), {}});
  asked.images.push_back({{}, nullptr, "https://example.com/a.png"});
  CHECK(body_of({{asked}, ""})["messages"][0]["content"] == json::parse(R"([
      {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw=="}},
      {"type":"image","source":{"type":"url","url":"https://example.com/a.png"}},
      {"type":"text","text":"what is this?"}])"));
}

TEST_CASE("a message's tools, their calls and what came of them are sent") {
  chat_request request{
      {{role::user, "who owns 10.0.0.7?"}, {role::assistant, ""}, {role::tool, "Alice"}, {role::tool, "no clock"}}, ""};
  request.messages[1].calls = {{"toolu_1", "lookup", R"({"ip":"10.0.0.7"})"}, {"toolu_2", "now", "{}"}};
  request.messages[2].answers = "toolu_1";
  request.messages[3].answers = "toolu_2";
  request.messages[3].is_failure = true;
  request.tools = {{"lookup", "an asset", R"({"type":"object"})", true}, {"now", "", R"({"type":"object"})"}};
  auto body = body_of(request);
  CHECK(body["tools"] == json::parse(R"([
      {"name":"lookup","description":"an asset","input_schema":{"type":"object"},"strict":true},
      {"name":"now","input_schema":{"type":"object"}}])"));
  CHECK(body["messages"][1] == json::parse(R"({"role":"assistant","content":[
      {"type":"tool_use","id":"toolu_1","name":"lookup","input":{"ip":"10.0.0.7"}},
      {"type":"tool_use","id":"toolu_2","name":"now","input":{}}]})"));
  CHECK(body["messages"][2] == json::parse(R"({"role":"user","content":[
      {"type":"tool_result","tool_use_id":"toolu_1","content":"Alice"}]})"));
  CHECK(body["messages"][3]["content"][0]["is_error"] == true);
  CHECK_FALSE(body.contains("tool_choice"));
  request.tool_choice = tool_choice::any;
  CHECK(body_of(request)["tool_choice"] == json{{"type", "any"}});
  request.tool_choice = tool_choice::none;
  CHECK(body_of(request)["tool_choice"] == json{{"type", "none"}});
}

TEST_CASE("a message is read with its model, reason, tokens and calls") {
  const auto reply =
      std::get<chat_reply>(reply_to(200, reply_of(R"([{"type":"thinking","thinking":"hm","signature":"s"},
      {"type":"text","text":" Ali"},{"type":"sparkle","text":"no"},{"type":"text","text":"ce.\n","citations":null},
      {"type":"tool_use","id":"toolu_1","name":"lookup","input":{"ip":"::1", "deep":{"a":[1,2]}}}])",
                                                  "tool_use")));
  CHECK(reply.text == "Alice.");
  CHECK(reply.finish_reason == "tool_calls");
  CHECK(reply.model == "claude-x-1");
  CHECK(reply.input_tokens == 130);
  CHECK(reply.cached_tokens == 100);
  CHECK(reply.cache_write_tokens == 10);
  CHECK(reply.output_tokens == 3);
  REQUIRE(reply.calls.size() == 1);
  CHECK(reply.calls[0].id == "toolu_1");
  CHECK(json::parse(reply.calls[0].arguments) == json::parse(R"({"ip":"::1","deep":{"a":[1,2]}})"));
}

TEST_CASE("200 with anything but a message is malformed, with an error what that says") {
  for (const std::string& body :
       {std::string{}, std::string{"<html>"}, std::string{"[]"}, std::string{"{}"}, std::string{"null"},
        std::string{R"({"content":null})"}, reply_of("[]"), reply_of("[null,1]"), reply_of(R"([{"type":"text"}])"),
        reply_of(R"([{"type":"tool_use","name":"x","input":[1]}])"), reply_of(R"([{"type":"tool_use","input":{}}])"),
        reply_of(R"([{"type":"text","text":"Hi"}])") + "x"})
    CHECK(failure(200, body).fault == chat_fault::malformed);
  CHECK(failure(200, reply_of("[]", "refusal")).fault == chat_fault::refused);
  CHECK(failure(200, error("overloaded_error")).fault == chat_fault::unavailable);
  CHECK(failure(200, error("rate_limit_error")).fault == chat_fault::rate_limited);
}

TEST_CASE("what Anthropic's errors mean") {
  CHECK(failure(400, error("invalid_request_error")).fault == chat_fault::refused);
  CHECK(failure(401, error("authentication_error")).detail == "HTTP 401 (authentication_error): words");
  CHECK(failure(402, error("billing_error")).fault == chat_fault::refused);
  CHECK(failure(404, error("not_found_error")).fault == chat_fault::refused);
  CHECK(failure(413, error("request_too_large")).fault == chat_fault::refused);
  const auto limited = failure(429, error("rate_limit_error"), {{"retry-after", "7"}});
  CHECK(limited.fault == chat_fault::rate_limited);
  CHECK(limited.retry_after == 7s);
  CHECK(failure(429, error("rate_limit_error", R"(,"details":{"error_code":"enforced_spend_limit_reached"})")).fault
        == chat_fault::refused);
  const auto overloaded = failure(529, error("overloaded_error"), {{"retry-after", "Fri, 20 Nov 2026 12:00:05 GMT"}});
  CHECK(overloaded.fault == chat_fault::unavailable);
  CHECK(overloaded.retry_after == 5s);
  CHECK(overloaded.detail == "HTTP 529 (overloaded_error)");
  CHECK(failure(504, error("timeout_error")).fault == chat_fault::unavailable);
}

TEST_CASE("the limits that Anthropic tells of are read, their times as moments") {
  const auto limits = anthropic::read_limits({{"anthropic-ratelimit-requests-limit", "50"},
                                              {"Anthropic-RateLimit-Requests-Remaining", "0"},
                                              {"anthropic-ratelimit-requests-reset", "2026-11-20T12:00:30Z"},
                                              {"anthropic-ratelimit-input-tokens-remaining", "9000"},
                                              {"anthropic-ratelimit-input-tokens-reset", "2026-11-20T11:59:00Z"}},
                                             noon);
  CHECK(limits.requests.limit == 50);
  CHECK(limits.requests.remaining == 0);
  CHECK(limits.requests.reset == 30s);
  CHECK(limits.tokens.remaining == 9'000);
  CHECK(limits.tokens.reset == 0ms);
  const auto odd = anthropic::read_limits(
      {{"anthropic-ratelimit-tokens-remaining", "many"}, {"anthropic-ratelimit-requests-reset", "soon"}}, noon);
  CHECK_FALSE(odd.tokens.remaining);
  CHECK(odd.requests.reset == 0ms);
}
