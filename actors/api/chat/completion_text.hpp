#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "actors/api/chat/stateless_run.hpp"
#include "net/http/message.hpp"

/// What OpenAI's API answers, as JSON text. Any thread.
namespace troupe::actors::api::chat {

/// What all parts of one answer have in common.
struct completion_head {
  std::string id;
  std::int64_t created = 0; ///< Unix seconds
  std::string model;
  bool include_usage = false; ///< a streamed one tells its usage at the end
};

std::string completion_json(const completion_head& head, const reply_made& made);

/// The chunks of a streamed answer, in their order: role, text …, end, usage if it is wanted.
std::string role_chunk(const completion_head& head);
std::string text_chunk(const completion_head& head, std::string_view text);
std::string end_chunk(const completion_head& head, std::string_view finish_reason);
std::string usage_chunk(const completion_head& head, const conversation::model_usage& usage);

/// A model's entry in the list of models. Besides what OpenAI's have: `title`, `description` (which may be empty) and
/// `steps`, the names of the agent's steps.
std::string model_json(const config::agent_definition& agent, std::int64_t created);

/// `{"error": {"message", "type", "param", "code"}}`
/// @param param, code empty = null
std::string error_json(std::string_view message, std::string_view type, std::string_view param, std::string_view code);

net::http::response openai_error(unsigned status, std::string_view message, std::string_view type,
                                 std::string_view param = {}, std::string_view code = {});

} // namespace troupe::actors::api::chat
