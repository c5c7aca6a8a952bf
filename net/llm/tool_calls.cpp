#include "net/llm/tool_calls.hpp"

#include <utility>

#include "net/json/reader.hpp"

namespace troupe::net::llm {

namespace {

bool is_object(std::string_view text) {
  json::reader in{text, json::strictness::lenient, json::reader::depth_limit};
  if (in.peek() != json::type::object)
    return false;
  in.skip();
  return in.finish();
}

} // namespace

bool tool_calls::put(const tool_call_delta& part) {
  bytes_ += part.id.size() + part.name.size() + part.arguments.size();
  auto found = calls_.find(part.number);
  if (bytes_ > max_bytes || (found == calls_.end() && calls_.size() == max_calls))
    return false;
  auto& call = found == calls_.end() ? calls_[part.number] : found->second;
  if (!part.id.empty())
    call.id = part.id;
  if (!part.name.empty())
    call.name = part.name;
  call.arguments += part.arguments;
  return true;
}

std::optional<std::vector<tool_call>> tool_calls::take() && {
  std::vector<tool_call> result;
  result.reserve(calls_.size());
  for (auto& [number, call] : calls_) {
    if (call.arguments.find_first_not_of(" \t\r\n") == std::string::npos)
      call.arguments = "{}";
    if (call.name.empty() || !is_object(call.arguments))
      return std::nullopt;
    result.push_back(std::move(call));
  }
  return result;
}

} // namespace troupe::net::llm
