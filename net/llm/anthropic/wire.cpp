#include "net/llm/anthropic/wire.hpp"

#include <algorithm>

#include "config/base64.hpp"
#include "net/json/writer.hpp"
#include "net/llm/anthropic/message.hpp"
#include "net/llm/fields.hpp"
#include "net/llm/provider_error.hpp"
#include "net/llm/streamed_reply.hpp"
#include "net/webhook/moment.hpp"

namespace troupe::net::llm::anthropic {

namespace {

using config::messages_version;
using config::prompt_cache;

std::string_view text_of(messages_version version) noexcept {
  return version == messages_version::v2026_10_21 ? "2026-10-21" : "2023-06-01";
}

/// Behind what the provider may keep.
void add_cache_mark(std::string& body, prompt_cache how) {
  if (how != prompt_cache::none)
    body += how == prompt_cache::one_hour ? R"(,"cache_control":{"type":"ephemeral","ttl":"1h"})"
                                          : R"(,"cache_control":{"type":"ephemeral"})";
}

void add_text_block(std::string& body, std::string_view text) {
  body += R"({"type":"text","text":)";
  json::append_string(body, text);
}

/// One block per system message. Returns whether there is one.
bool add_system(std::string& body, const chat_request& request, prompt_cache how) {
  bool any = false;
  for (const auto& each : request.messages) {
    if (each.role != role::system || each.text.empty())
      continue;
    body += any ? "}," : R"(,"system":[)";
    add_text_block(body, each.text);
    any = true;
  }
  if (!any)
    return false;
  add_cache_mark(body, how);
  body += "}]";
  return true;
}

void add_tools(std::string& body, const chat_request& request, prompt_cache how) {
  if (request.tools.empty())
    return;
  body += R"(,"tools":[)";
  for (const auto& each : request.tools) {
    body += &each == request.tools.data() ? R"({"name":)" : R"(,{"name":)";
    json::append_string(body, each.name);
    if (!each.description.empty()) {
      append_member(body, "description");
      json::append_string(body, each.description);
    }
    append_member(body, "input_schema");
    body += each.schema;
    if (each.strict)
      body += R"(,"strict":true)";
    if (&each == &request.tools.back())
      add_cache_mark(body, how);
    body += '}';
  }
  body += ']';
  if (request.tool_choice != tool_choice::automatic)
    body += request.tool_choice == tool_choice::none ? R"(,"tool_choice":{"type":"none"})"
                                                     : R"(,"tool_choice":{"type":"any"})";
}

void add_image(std::string& body, const image& what) {
  body += R"({"type":"image","source":{"type":)";
  if (what.bytes) {
    body += R"("base64","media_type":)";
    json::append_string(body, what.media_type);
    append_member(body, "data");
    json::append_string(body, config::encode_base64(*what.bytes));
  } else {
    body += R"("url","url":)";
    json::append_string(body, what.url);
  }
  body += "}},";
}

void add_call(std::string& body, const tool_call& call) {
  body += R"({"type":"tool_use","id":)";
  json::append_string(body, call.id);
  append_member(body, "name");
  json::append_string(body, call.name);
  append_member(body, "input");
  body += call.arguments + "},";
}

void add_result(std::string& body, const llm::message& from) {
  body += R"({"type":"tool_result","tool_use_id":)";
  json::append_string(body, from.answers);
  append_member(body, "content");
  json::append_string(body, from.text);
  body += from.is_failure ? R"(,"is_error":true},)" : "},";
}

/// A turn of the conversation; what holds nothing is left out, since empty blocks are refused.
void add_turn(std::string& body, const llm::message& from) {
  const auto is_result = from.role == role::tool;
  if (from.role == role::system || (!is_result && from.text.empty() && from.images.empty() && from.calls.empty()))
    return;
  body += from.role == role::assistant ? R"({"role":"assistant","content":[)" : R"({"role":"user","content":[)";
  for (const auto& each : from.images)
    add_image(body, each);
  if (is_result) {
    add_result(body, from);
  } else if (!from.text.empty()) {
    add_text_block(body, from.text);
    body += "},";
  }
  for (const auto& call : from.calls)
    add_call(body, call);
  body.back() = ']'; // in place of the last comma
  body += "},";
}

void add_turns(std::string& body, const chat_request& request) {
  body += R"(,"messages":[)";
  for (const auto& each : request.messages)
    add_turn(body, each);
  if (body.ends_with(','))
    body.pop_back();
  body += ']';
}

chat_result read_success(const http::call_response& response, const config::provider_settings& settings) {
  message found;
  const auto is_object = found.read(response.body);
  if (is_object && found.has_error && !found.has_content)
    return failure_in_stream(response.body, settings.api_key);
  if (!is_object || !found.has_content)
    return chat_failure{chat_fault::malformed, "the answer is no message", std::nullopt};
  const auto usage = found.usage.total();
  chat_reply reply{std::move(found.text), std::string{finish_reason_of(found.stop_reason)},
                   found.model.empty() ? settings.model : std::move(found.model), usage.input, usage.output};
  reply.cached_tokens = usage.cached;
  reply.cache_write_tokens = usage.cache_write;
  reply.calls = std::move(found.calls);
  return made_whole(std::move(reply), found.stop_reason == "refusal");
}

rate_limit read_limit(const std::vector<http::header>& headers, const std::string& what,
                      std::chrono::system_clock::time_point now) {
  using namespace std::chrono;
  const auto prefix = "anthropic-ratelimit-" + what;
  rate_limit result{read_count(find_field(headers, prefix + "-limit")),
                    read_count(find_field(headers, prefix + "-remaining")), milliseconds{0}};
  if (const auto at = webhook::read_rfc3339(find_field(headers, prefix + "-reset")))
    result.reset = std::clamp<milliseconds>(ceil<milliseconds>(*at - now), 0ms, 24h);
  return result;
}

} // namespace

std::vector<http::header> fixed_headers(const config::provider_settings& settings) {
  std::vector<http::header> result{{"anthropic-version", std::string{text_of(settings.api_version)}}};
  if (!settings.api_key.empty())
    result.emplace_back("X-Api-Key", settings.api_key.reveal());
  return result;
}

std::string messages_body(const chat_request& request, const config::provider_settings& settings, bool wants_schema) {
  std::size_t size = 256;
  for (const auto& message : request.messages)
    size += message.text.size() + message.text.size() / 16 + 64;
  std::string body;
  body.reserve(size);
  body += R"({"model":)";
  json::append_string(body, settings.model);
  append_member(body, "max_tokens");
  body += std::to_string(request.max_tokens.value_or(settings.max_tokens));
  if (request.on_text)
    body += R"(,"stream":true)";
  const auto temperature = request.temperature ? request.temperature : settings.temperature;
  if (temperature && settings.api_version == messages_version::v2023_06_01) {
    append_member(body, "temperature");
    append_number(body, std::min(*temperature, 1.0)); // its range is narrower than others'
  }
  if (request.schema && wants_schema) {
    append_member(body, output_config);
    body += R"({"format":{"type":"json_schema","schema":)" + request.schema->json + "}}";
  }
  const auto has_system = add_system(body, request, settings.prompt_cache);
  add_tools(body, request, has_system ? prompt_cache::none : settings.prompt_cache);
  add_turns(body, request);
  body += '}';
  return body;
}

chat_result read_reply(const http::call_response& response, const config::provider_settings& settings,
                       std::chrono::system_clock::time_point now) {
  if (response.status >= 200 && response.status < 300)
    return read_success(response, settings);
  return failure_of(response, settings.api_key, now);
}

std::string_view finish_reason_of(std::string_view stop_reason) noexcept {
  if (stop_reason == "end_turn" || stop_reason == "stop_sequence")
    return "stop";
  if (stop_reason == "max_tokens" || stop_reason == "model_context_window_exceeded")
    return "length";
  if (stop_reason == "tool_use")
    return "tool_calls";
  return stop_reason == "refusal" ? "content_filter" : stop_reason;
}

rate_limits read_limits(const std::vector<http::header>& headers, std::chrono::system_clock::time_point now) {
  auto tokens = read_limit(headers, "tokens", now);
  if (!tokens.remaining)
    tokens = read_limit(headers, "input-tokens", now);
  return {read_limit(headers, "requests", now), tokens};
}

} // namespace troupe::net::llm::anthropic
