#include "net/llm/openai/wire.hpp"

#include <algorithm>
#include <charconv>

#include "config/base64.hpp"
#include "net/json/writer.hpp"
#include "net/llm/fields.hpp"
#include "net/llm/openai/completion.hpp"
#include "net/llm/provider_error.hpp"
#include "net/llm/streamed_reply.hpp"

namespace troupe::net::llm::openai {

namespace {

std::string_view name_of(role r) noexcept {
  switch (r) {
  case role::system:
    return "system";
  case role::assistant:
    return "assistant";
  case role::tool:
    return "tool";
  case role::user:
    break;
  }
  return "user";
}

chat_result read_success(const http::call_response& response, const config::provider_settings& settings) {
  completion found;
  const auto is_object = found.read(response.body);
  if (is_object && found.has_error && !found.has_choice)
    return failure_in_stream(response.body, settings.api_key);
  if (!is_object || !found.has_choice)
    return chat_failure{chat_fault::malformed, "the answer is no chat completion", std::nullopt};
  chat_reply reply{std::move(found.text), std::move(found.finish_reason),
                   found.model.empty() ? settings.model : std::move(found.model), found.usage.input,
                   found.usage.output};
  reply.cached_tokens = found.usage.cached;
  for (auto& part : found.calls)
    reply.calls.push_back(std::move(part.call));
  return made_whole(std::move(reply), !found.refusal.empty());
}

void add_image(std::string& body, const image& what) {
  body += R"({"type":"image_url","image_url":{"url":)";
  json::append_string(body, what.bytes ? "data:" + what.media_type + ";base64," + config::encode_base64(*what.bytes)
                                       : what.url);
  body += "}}";
}

void add_content(std::string& body, const message& from) {
  append_member(body, "content");
  if (from.images.empty()) {
    if (from.text.empty() && !from.calls.empty())
      body += "null";
    else
      json::append_string(body, from.text);
    return;
  }
  body += '[';
  for (const auto& each : from.images) {
    add_image(body, each);
    body += ',';
  }
  body += R"({"type":"text","text":)";
  json::append_string(body, from.text);
  body += "}]";
}

void add_message(std::string& body, const message& from) {
  body += R"({"role":")";
  body += name_of(from.role);
  body += '"';
  add_content(body, from);
  if (from.role == role::tool) {
    append_member(body, "tool_call_id");
    json::append_string(body, from.answers);
  }
  for (const auto& call : from.calls) {
    body += &call == from.calls.data() ? R"(,"tool_calls":[{"id":)" : R"(,{"id":)";
    json::append_string(body, call.id);
    body += R"(,"type":"function","function":{"name":)";
    json::append_string(body, call.name);
    append_member(body, "arguments");
    json::append_string(body, call.arguments);
    body += &call == &from.calls.back() ? "}}]" : "}}";
  }
  body += '}';
}

void add_tools(std::string& body, const chat_request& request) {
  if (request.tools.empty())
    return;
  body += R"(,"tools":[)";
  for (const auto& each : request.tools) {
    body += &each == request.tools.data() ? R"({"type":"function","function":{"name":)"
                                          : R"(,{"type":"function","function":{"name":)";
    json::append_string(body, each.name);
    if (!each.description.empty()) {
      append_member(body, "description");
      json::append_string(body, each.description);
    }
    append_member(body, "parameters");
    body += each.schema;
    body += each.strict ? R"(,"strict":true}})" : "}}";
  }
  body += ']';
  if (request.tool_choice != tool_choice::automatic)
    body += request.tool_choice == tool_choice::none ? R"(,"tool_choice":"none")" : R"(,"tool_choice":"required")";
}

void add_schema(std::string& body, const reply_schema& schema) {
  body += R"(,"response_format":{"type":"json_schema","json_schema":{"name":)";
  json::append_string(body, schema.name);
  body += R"(,"schema":)" + schema.json + (schema.strict ? R"(,"strict":true}})" : R"(,"strict":false}})");
}

/// A duration such as `6m0s`, `1.5s` or `12ms`; without a unit, seconds.
std::optional<std::chrono::milliseconds> read_duration(std::string_view text) {
  constexpr std::pair<std::string_view, double> units[] = {
      {"ms", 1}, {"s", 1e3}, {"m", 6e4}, {"h", 36e5}, {"d", 864e5}};
  double total = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
    double value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + end, value);
    if (error != std::errc{} || rest != text.data() + end)
      return std::nullopt;
    text.remove_prefix(end);
    const auto unit = text.substr(0, std::min(text.find_first_of("0123456789."), text.size()));
    const auto* known =
        std::find_if(std::begin(units), std::end(units), [&](const auto& u) { return u.first == unit; });
    if (known == std::end(units) && !(unit.empty() && text.empty()))
      return std::nullopt;
    total += value * (unit.empty() ? 1e3 : known->second);
    text.remove_prefix(unit.size());
  }
  constexpr double day = 864e5;
  return std::chrono::milliseconds{static_cast<std::int64_t>(std::min(total, day))};
}

rate_limit read_limit(const std::vector<http::header>& headers, const std::string& what) {
  return {read_count(find_field(headers, "x-ratelimit-limit-" + what)),
          read_count(find_field(headers, "x-ratelimit-remaining-" + what)),
          read_duration(find_field(headers, "x-ratelimit-reset-" + what)).value_or(std::chrono::milliseconds{0})};
}

} // namespace

std::string_view name_of(length_member m) noexcept {
  return m == length_member::max_tokens ? "max_tokens" : "max_completion_tokens";
}

length_member usual_length_member(std::string_view base_url) noexcept {
  const auto scheme = base_url.find("://");
  auto host = base_url.substr(scheme == base_url.npos ? 0 : scheme + 3);
  host = host.substr(0, host.find_first_of(":/"));
  const auto theirs = host == "api.openai.com" || host.ends_with(".api.openai.com")
                      || host.ends_with(".openai.azure.com") || host.ends_with(".services.ai.azure.com");
  return theirs ? length_member::max_completion_tokens : length_member::max_tokens;
}

std::vector<http::header> key_header(const config::secret& key) {
  if (key.empty())
    return {};
  return {{"Authorization", "Bearer " + key.reveal()}};
}

std::string chat_body(const chat_request& request, const config::provider_settings& settings, length_member length,
                      bool wants_usage) {
  std::size_t size = 256;
  for (const auto& message : request.messages)
    size += message.text.size() + message.text.size() / 16 + 48;
  std::string body;
  body.reserve(size);
  body += "{\"model\":";
  json::append_string(body, settings.model);
  body += ",\"messages\":[";
  for (const auto& message : request.messages) {
    if (&message != request.messages.data())
      body += ',';
    add_message(body, message);
  }
  body += request.on_text ? "],\"stream\":true" : "],\"stream\":false";
  if (request.on_text && wants_usage) {
    append_member(body, stream_options);
    body += "{\"include_usage\":true}";
  }
  append_member(body, name_of(length));
  body += std::to_string(request.max_tokens.value_or(settings.max_tokens));
  if (const auto temperature = request.temperature ? request.temperature : settings.temperature) {
    append_member(body, "temperature");
    append_number(body, *temperature);
  }
  add_tools(body, request);
  if (request.schema)
    add_schema(body, *request.schema);
  body += '}';
  return body;
}

chat_result read_reply(const http::call_response& response, const config::provider_settings& settings,
                       std::chrono::system_clock::time_point now) {
  if (response.status >= 200 && response.status < 300)
    return read_success(response, settings);
  return failure_of(response, settings.api_key, now);
}

rate_limits read_limits(const std::vector<http::header>& headers) {
  return {read_limit(headers, "requests"), read_limit(headers, "tokens")};
}

} // namespace troupe::net::llm::openai
