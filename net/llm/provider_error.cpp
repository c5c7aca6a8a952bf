#include "net/llm/provider_error.hpp"

#include <algorithm>
#include <charconv>

#include "net/llm/members.hpp"
#include "net/retry_after.hpp"

namespace troupe::net::llm {

namespace {

constexpr std::size_t message_limit = 160;
constexpr std::size_t name_limit = 64;

/// A code may be a number: `"code": 429`.
void read_name(json::reader& in, std::string& out) {
  if (in.peek() == json::type::number)
    out = in.number();
  else
    out = in.string_or_skip().value_or("");
}

void read_members(json::reader& in, provider_error& out, bool inside) {
  provider_error inner;
  bool has_inner = false;
  each_member(in, [&](std::string_view name) {
    if (name == "error" && !inside && in.peek() == json::type::object) {
      read_members(in, inner, true);
      has_inner = true;
    } else if (name == "message" || (name == "error" && !inside)) {
      read_text(in, out.message);
    } else if (name == "type") {
      read_name(in, out.type);
    } else if (name == "code") {
      read_name(in, out.code);
    } else if (name == "param") {
      read_name(in, out.param);
    } else if (name == "details") {
      each_member(in, [&](std::string_view detail) {
        if (detail == "error_code")
          read_name(in, out.code);
        else
          in.skip();
      });
    } else {
      in.skip();
    }
  });
  if (has_inner)
    out = std::move(inner); // what stands around it, such as `"type": "error"`, only announces it
}

/// Names that a log may hold: no sentence of a prompt looks like one.
bool is_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= name_limit && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'
           || c == '.';
  });
}

std::string shortened(std::string text, const std::string& key) {
  if (!key.empty())
    for (auto at = text.find(key); at != text.npos; at = text.find(key, at))
      text.replace(at, key.size(), "[key]");
  for (auto& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = ' ';
  if (text.size() > message_limit) {
    auto end = message_limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
      --end;
    text.erase(end);
  }
  return text;
}

bool is(const provider_error& error, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](auto name) { return error.code == name || error.type == name; });
}

chat_fault fault_of(unsigned status, const provider_error& error) noexcept {
  if (status == 429)
    return is_exhausted(error) ? chat_fault::refused : chat_fault::rate_limited;
  if (status >= 500 || status == 408 || status == 409 || status == 425)
    return chat_fault::unavailable;
  return chat_fault::refused;
}

/// Of an error whose status said 200 long ago.
chat_fault fault_of(const provider_error& error) noexcept {
  unsigned status = 0;
  const auto* end = error.code.data() + error.code.size();
  if (const auto read = std::from_chars(error.code.data(), end, status); read.ec == std::errc{} && read.ptr == end)
    return fault_of(status, error);
  if (is_exhausted(error))
    return chat_fault::refused;
  if (is(error, {"rate_limit_exceeded", "rate_limit_error"}))
    return chat_fault::rate_limited;
  if (is(error, {"invalid_request_error", "authentication_error", "permission_error", "not_found_error",
                 "request_too_large", "invalid_api_key", "model_not_found", "context_length_exceeded"}))
    return chat_fault::refused;
  return chat_fault::unavailable;
}

} // namespace

provider_error read_error(std::string_view body) {
  provider_error result;
  json::reader in{body, json::strictness::lenient};
  read_members(in, result, false);
  return in.finish() ? result : provider_error{};
}

bool is_exhausted(const provider_error& error) noexcept {
  return is(error, {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_user_quota",
                    "enforced_spend_limit_reached", "billing_error"});
}

std::string describe(unsigned status, const provider_error& error, const config::secret& key) {
  auto result = "HTTP " + std::to_string(status);
  if (is_name(error.code))
    result += " " + error.code;
  if (is_name(error.type) && error.type != error.code)
    result += " (" + error.type + ")";
  if (is_name(error.param))
    result += " for " + error.param;
  const auto of_key_or_model = status == 401 || status == 403 || status == 404;
  if (of_key_or_model && !error.message.empty())
    result += ": " + shortened(error.message, key.reveal());
  return result;
}

chat_failure failure_of(const http::call_response& response, const config::secret& key,
                        std::chrono::system_clock::time_point now) {
  const auto error = read_error(response.body);
  chat_failure result;
  result.fault = fault_of(response.status, error);
  result.detail = describe(response.status, error, key);
  if (response.status >= 300 && response.status < 400)
    result.detail += ": a redirect, which isn't followed; base_url has to be the last address";
  if (result.fault == chat_fault::rate_limited || result.fault == chat_fault::unavailable)
    result.retry_after = retry_after(response.headers, now);
  return result;
}

chat_failure failure_of(const http::call_failure& failure) {
  const auto cancelled = failure.fault == http::call_fault::cancelled;
  return {cancelled ? chat_fault::cancelled : chat_fault::unavailable, failure.detail, std::nullopt};
}

chat_failure failure_in_stream(std::string_view json, const config::secret& key) {
  const auto error = read_error(json);
  return {fault_of(error), "an error instead of a reply: " + describe(200, error, key), std::nullopt};
}

bool refuses(const http::call_response& response, std::string_view member) {
  if (response.status != 400 && response.status != 422)
    return false;
  const auto error = read_error(response.body);
  return error.param == member || error.message.find(member) != error.message.npos;
}

} // namespace troupe::net::llm
