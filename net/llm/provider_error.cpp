#include "net/llm/provider_error.hpp"

#include <algorithm>

#include "net/json/reader.hpp"

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
  std::string_view name;
  if (!in.enter_object())
    return;
  while (in.next_member(name)) {
    if (name == "error" && !inside && in.peek() == json::type::object)
      read_members(in, out, true);
    else if (name == "message" || (name == "error" && !inside))
      out.message = in.string_or_skip().value_or("");
    else if (name == "type")
      read_name(in, out.type);
    else if (name == "code")
      read_name(in, out.code);
    else if (name == "param")
      read_name(in, out.param);
    else
      in.skip();
  }
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

} // namespace

provider_error read_error(std::string_view body) {
  provider_error result;
  json::reader in{body, json::strictness::lenient};
  read_members(in, result, false);
  return in.finish() ? result : provider_error{};
}

bool is_exhausted(const provider_error& error) noexcept {
  const auto is = [&](std::string_view name) { return error.code == name || error.type == name; };
  return is("insufficient_quota") || is("billing_hard_limit_reached") || is("billing_not_active")
         || is("insufficient_user_quota");
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

} // namespace troupe::net::llm
