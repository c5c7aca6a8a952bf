#include "net/llm/openai_wire.hpp"

#include <charconv>

#include "net/json/writer.hpp"
#include "net/llm/answer_text.hpp"
#include "net/llm/openai_completion.hpp"
#include "net/llm/provider_error.hpp"
#include "net/llm/streamed_reply.hpp"
#include "net/retry_after.hpp"

namespace troupe::net::llm {

namespace {

std::string_view name_of(role r) noexcept {
  switch (r) {
  case role::system:
    return "system";
  case role::assistant:
    return "assistant";
  case role::user:
    break;
  }
  return "user";
}

chat_result read_success(const http::call_response& response, const config::provider_settings& settings) {
  openai_completion found;
  if (!found.read(response.body) || !found.has_choice)
    return chat_failure{chat_fault::malformed, "the answer is no chat completion", std::nullopt};
  answer_text text;
  text.put(found.text);
  text.finish();
  if (!text.is_shown())
    return empty_answer(!found.refusal.empty());
  return chat_reply{std::move(text).take(), std::move(found.finish_reason),
                    found.model.empty() ? settings.model : std::move(found.model), found.input_tokens,
                    found.output_tokens};
}

chat_fault fault_of(unsigned status, const provider_error& error) noexcept {
  if (status == 429 || status == 529)
    return is_exhausted(error) ? chat_fault::refused : chat_fault::rate_limited;
  if (status >= 500 || status == 408 || status == 409 || status == 425)
    return chat_fault::unavailable;
  return chat_fault::refused;
}

/// Of an error that comes in mid-stream, when the status has said 200 long ago.
chat_fault fault_of(const provider_error& error) noexcept {
  unsigned status = 0;
  const auto* end = error.code.data() + error.code.size();
  if (const auto read = std::from_chars(error.code.data(), end, status); read.ec == std::errc{} && read.ptr == end)
    return fault_of(status, error);
  const auto is = [&](std::string_view name) { return error.code == name || error.type == name; };
  if (is("rate_limit_exceeded") || is("rate_limit_error"))
    return chat_fault::rate_limited;
  return is("invalid_request_error") || is_exhausted(error) ? chat_fault::refused : chat_fault::unavailable;
}

void add_schema(const reply_schema& schema, std::string& body) {
  body += R"(,"response_format":{"type":"json_schema","json_schema":{"name":)";
  json::append_string(body, schema.name);
  body += R"(,"schema":)" + schema.json + (schema.strict ? R"(,"strict":true}})" : R"(,"strict":false}})");
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
    if (body.back() != '[')
      body += ',';
    body += "{\"role\":\"";
    body += name_of(message.role);
    body += "\",\"content\":";
    json::append_string(body, message.text);
    body += '}';
  }
  body += request.on_text ? "],\"stream\":true," : "],\"stream\":false,";
  if (request.on_text && wants_usage)
    body += "\"" + std::string{stream_options} + "\":{\"include_usage\":true},";
  body += '"';
  body += name_of(length);
  body += "\":" + std::to_string(request.max_tokens.value_or(settings.max_tokens));
  if (const auto temperature = request.temperature ? request.temperature : settings.temperature) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), *temperature).ptr;
    body += ",\"temperature\":";
    body.append(digits.begin(), end);
  }
  if (request.schema)
    add_schema(*request.schema, body);
  body += '}';
  return body;
}

chat_result read_reply(const http::call_response& response, const config::provider_settings& settings,
                       std::chrono::system_clock::time_point now) {
  if (response.status >= 200 && response.status < 300)
    return read_success(response, settings);
  const auto error = read_error(response.body);
  chat_failure result;
  result.fault = fault_of(response.status, error);
  result.detail = describe(response.status, error, settings.api_key);
  if (result.fault == chat_fault::rate_limited || result.fault == chat_fault::unavailable)
    result.retry_after = retry_after(response.headers, now);
  return result;
}

chat_failure failure_in_stream(std::string_view event, const config::secret& key) {
  const auto error = read_error(event);
  return {fault_of(error), "the stream was broken off: " + describe(200, error, key), std::nullopt};
}

chat_failure failure_of(const http::call_failure& failure) {
  const auto cancelled = failure.fault == http::call_fault::cancelled;
  return {cancelled ? chat_fault::cancelled : chat_fault::unavailable, failure.detail, std::nullopt};
}

bool refuses(const http::call_response& response, std::string_view member) {
  if (response.status != 400 && response.status != 422)
    return false;
  const auto error = read_error(response.body);
  return error.param == member || error.message.find(member) != error.message.npos;
}

} // namespace troupe::net::llm
