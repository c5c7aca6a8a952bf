#include "net/llm/openai_wire.hpp"

#include <charconv>

#include "net/json/reader.hpp"
#include "net/json/writer.hpp"
#include "net/llm/provider_error.hpp"
#include "net/retry_after.hpp"

namespace troupe::net::llm {

namespace {

using json::reader;

constexpr unsigned reply_depth = 32;

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

/// The first choice of a reply, with what stands around it.
struct completion {
  chat_reply reply;
  std::string refusal;
  bool has_choice = false;
};

void read_part(reader& in, std::string& text) {
  std::string_view name;
  if (in.peek() != json::type::object)
    return in.skip();
  in.enter_object();
  while (in.next_member(name)) {
    if (name == "text")
      text += in.string_or_skip().value_or("");
    else
      in.skip();
  }
}

void read_content(reader& in, std::string& text) {
  if (in.peek() != json::type::array) {
    text = in.string_or_skip().value_or("");
    return;
  }
  in.enter_array();
  while (in.next_element())
    read_part(in, text);
}

void read_message(reader& in, completion& out) {
  std::string_view name;
  if (!in.enter_object())
    return;
  while (in.next_member(name)) {
    if (name == "content")
      read_content(in, out.reply.text);
    else if (name == "refusal")
      out.refusal = in.string_or_skip().value_or("");
    else
      in.skip();
  }
}

void read_choices(reader& in, completion& out) {
  std::string_view name;
  if (!in.enter_array())
    return;
  while (in.next_element()) {
    if (out.has_choice) {
      in.skip();
      continue;
    }
    out.has_choice = in.enter_object();
    while (in.next_member(name)) {
      if (name == "message")
        read_message(in, out);
      else if (name == "finish_reason")
        out.reply.finish_reason = in.string_or_skip().value_or("");
      else
        in.skip();
    }
  }
}

void read_usage(reader& in, chat_reply& out) {
  std::string_view name;
  if (in.peek() != json::type::object)
    return in.skip();
  in.enter_object();
  while (in.next_member(name)) {
    if (name == "prompt_tokens")
      out.input_tokens = in.unsigned_or_skip().value_or(0);
    else if (name == "completion_tokens")
      out.output_tokens = in.unsigned_or_skip().value_or(0);
    else
      in.skip();
  }
}

/// Empty where the body is no chat completion.
std::optional<completion> read_completion(std::string_view body) {
  completion result;
  reader in{body, json::strictness::lenient, reply_depth};
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name)) {
      if (name == "choices")
        read_choices(in, result);
      else if (name == "model")
        result.reply.model = in.string_or_skip().value_or("");
      else if (name == "usage")
        read_usage(in, result.reply);
      else
        in.skip();
    }
  return in.finish() && result.has_choice ? std::optional{std::move(result)} : std::nullopt;
}

/// Keeps what a reader is to see: without a thought in front and white space around.
void keep_answer(std::string& text) {
  constexpr std::string_view space = " \t\r\n";
  constexpr std::string_view thought = "<think>";
  constexpr std::string_view end_of_thought = "</think>";
  auto start = std::min(text.find_first_not_of(space), text.size());
  if (std::string_view{text}.substr(start).starts_with(thought)) {
    const auto end = text.find(end_of_thought, start);
    start = end == text.npos ? text.size() : end + end_of_thought.size();
    start = std::min(text.find_first_not_of(space, start), text.size());
  }
  text.erase(0, start);
  text.erase(text.find_last_not_of(space) + 1);
}

chat_result read_success(const http::call_response& response, const config::provider_settings& settings) {
  auto found = read_completion(response.body);
  if (!found)
    return chat_failure{chat_fault::malformed, "the answer is no chat completion", std::nullopt};
  auto& reply = found->reply;
  keep_answer(reply.text);
  if (reply.text.empty()) {
    if (!found->refusal.empty())
      return chat_failure{chat_fault::refused, "the model refused to answer", std::nullopt};
    return chat_failure{chat_fault::malformed, "the answer's text is empty", std::nullopt};
  }
  if (reply.model.empty())
    reply.model = settings.model;
  return std::move(reply);
}

chat_fault fault_of(unsigned status, const provider_error& error) noexcept {
  if (status == 429 || status == 529)
    return is_exhausted(error) ? chat_fault::refused : chat_fault::rate_limited;
  if (status >= 500 || status == 408 || status == 409 || status == 425)
    return chat_fault::unavailable;
  return chat_fault::refused;
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

std::string chat_body(const chat_request& request, const config::provider_settings& settings, length_member length) {
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
  body += "],\"stream\":false,\"";
  body += name_of(length);
  body += "\":" + std::to_string(settings.max_tokens);
  if (settings.temperature) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), *settings.temperature).ptr;
    body += ",\"temperature\":";
    body.append(digits.begin(), end);
  }
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

chat_failure failure_of(const http::call_failure& failure) {
  const auto cancelled = failure.fault == http::call_fault::cancelled;
  return {cancelled ? chat_fault::cancelled : chat_fault::unavailable, failure.detail, std::nullopt};
}

bool refuses(const http::call_response& response, length_member length) {
  if (response.status != 400 && response.status != 422)
    return false;
  const auto error = read_error(response.body);
  const auto name = name_of(length);
  return error.param == name || error.message.find(name) != error.message.npos;
}

} // namespace troupe::net::llm
