#include "actors/api/chat/answers.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "actors/api/responses.hpp"
#include "config/log.hpp"

namespace troupe::actors::api::chat {

namespace http = net::http;
using conversation::port_fault;

namespace {

using namespace std::chrono_literals;

http::response unreadable(std::string_view correlation_id) {
  config::log::error("conversation_corrupt", "a stored conversation can't be gone on with",
                     {{"correlation_id", correlation_id}});
  return http::problem(500, "What is stored can't be read. An operator has to look.", correlation_id);
}

http::response overloaded(std::string_view correlation_id) {
  return retry_after(http::problem(503, "Too much is going on at the moment.", correlation_id), 1s);
}

} // namespace

http::response port_problem(port_fault why, std::string_view correlation_id) {
  switch (why) {
  case port_fault::not_found:
    return http::problem(404, "There is no such conversation.", correlation_id);
  case port_fault::agent_missing:
    return http::problem(404, "There is no such agent.", correlation_id);
  case port_fault::storage_unavailable:
    return retry_after(http::problem(503, "Storage can't be used for now.", correlation_id), 5s);
  case port_fault::corrupt:
    return unreadable(correlation_id);
  case port_fault::overloaded:
    break;
  }
  return overloaded(correlation_id);
}

http::response command_problem(const command_result& why, unsigned invalid, std::string_view correlation_id) {
  if (why.outcome != command_result::status::refused)
    return overloaded(correlation_id);
  const auto code = refusal_code(why);
  const auto detail = std::string_view{why.detail}.substr(std::min(why.detail.size(), code.size() + 2));
  if (code == "busy")
    return retry_after(http::problem(409, "The last message is still being answered.", correlation_id), 1s);
  if (code == "queue_full")
    return retry_after(http::problem(429, "Too many messages wait for their answers.", correlation_id), 1s);
  if (code == "agent_missing")
    return http::problem(409, "The agent isn't there any more. The conversation can be read.", correlation_id);
  if (code == "empty_message" || code == "message_too_long")
    return http::problem(invalid, "The request is not valid.", correlation_id, {{"/message", std::string{detail}}});
  if (code == "invalid_id")
    return http::problem(invalid, "The request is not valid.", correlation_id, {{"/id", std::string{detail}}});
  if (code == "ended" || code == "not_open")
    return port_problem(port_fault::not_found, correlation_id);
  return unreadable(correlation_id);
}

std::string_view refusal_code(const command_result& why) {
  switch (why.outcome) {
  case command_result::status::refused:
    return std::string_view{why.detail}.substr(0, why.detail.find(':'));
  case command_result::status::overloaded:
    return "overloaded";
  default:
    return "unavailable";
  }
}

http::response json_response(std::string body, unsigned status) {
  http::response result;
  result.status = status;
  result.body = std::move(body);
  return result;
}

} // namespace troupe::actors::api::chat
