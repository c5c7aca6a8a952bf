#include "actors/api/chat/completion_text.hpp"

#include "actors/text/json_text.hpp"

namespace troupe::actors::api::chat {

namespace {

/// What clients know; providers have more.
std::string_view known_reason(std::string_view reason) {
  return reason == "length" || reason == "content_filter" ? reason : "stop";
}

json_text begin(const completion_head& head, std::string_view object) {
  json_text out;
  out.begin_object();
  out.member("id", head.id);
  out.member("object", object);
  out.member("created", head.created);
  out.member("model", head.model);
  return out;
}

void write_usage(json_text& out, const conversation::model_usage& usage) {
  out.key("usage");
  out.begin_object();
  out.member("prompt_tokens", usage.input_tokens);
  out.member("completion_tokens", usage.output_tokens);
  out.member("total_tokens", usage.input_tokens + usage.output_tokens);
  out.end_object();
}

void write_null(json_text& out, std::string_view name) {
  out.key(name);
  out.raw("null");
}

/// @param reason empty = the answer goes on
std::string chunk(const completion_head& head, std::string_view delta, std::string_view reason) {
  auto out = begin(head, "chat.completion.chunk");
  out.key("choices");
  out.begin_array();
  out.begin_object();
  out.member("index", 0);
  out.key("delta");
  out.raw(delta);
  write_null(out, "logprobs");
  if (reason.empty())
    write_null(out, "finish_reason");
  else
    out.member("finish_reason", reason);
  out.end_object();
  out.end_array();
  if (head.include_usage)
    write_null(out, "usage");
  out.end_object();
  return out.take();
}

} // namespace

std::string completion_json(const completion_head& head, const reply_made& made) {
  auto out = begin(head, "chat.completion");
  out.key("choices");
  out.begin_array();
  out.begin_object();
  out.member("index", 0);
  out.key("message");
  out.begin_object();
  out.member("role", "assistant");
  out.member("content", made.text);
  write_null(out, "refusal");
  out.end_object();
  write_null(out, "logprobs");
  out.member("finish_reason", known_reason(made.finish_reason));
  out.end_object();
  out.end_array();
  write_usage(out, made.usage);
  out.end_object();
  return out.take();
}

std::string role_chunk(const completion_head& head) {
  return chunk(head, R"({"role":"assistant","content":""})", {});
}

std::string text_chunk(const completion_head& head, std::string_view text) {
  json_text delta{32 + text.size()};
  delta.begin_object();
  delta.member("content", text);
  delta.end_object();
  return chunk(head, delta.take(), {});
}

std::string end_chunk(const completion_head& head, std::string_view finish_reason) {
  return chunk(head, "{}", known_reason(finish_reason));
}

std::string usage_chunk(const completion_head& head, const conversation::model_usage& usage) {
  auto out = begin(head, "chat.completion.chunk");
  out.key("choices");
  out.raw("[]");
  write_usage(out, usage);
  out.end_object();
  return out.take();
}

std::string model_json(const config::agent_definition& agent, std::int64_t created) {
  json_text out;
  out.begin_object();
  out.member("id", agent.name);
  out.member("object", "model");
  out.member("created", created);
  out.member("owned_by", "troupe");
  out.member("title", agent.title);
  out.member("description", agent.description);
  out.key("steps");
  out.begin_array();
  for (const auto& step : agent.steps)
    out.value(step.name);
  out.end_array();
  out.end_object();
  return out.take();
}

std::string error_json(std::string_view message, std::string_view type, std::string_view param, std::string_view code) {
  json_text out;
  const auto text_or_null = [&out](std::string_view name, std::string_view text) {
    if (text.empty())
      write_null(out, name);
    else
      out.member(name, text);
  };
  out.begin_object();
  out.key("error");
  out.begin_object();
  out.member("message", message);
  out.member("type", type);
  text_or_null("param", param);
  text_or_null("code", code);
  out.end_object();
  out.end_object();
  return out.take();
}

net::http::response openai_error(unsigned status, std::string_view message, std::string_view type,
                                 std::string_view param, std::string_view code) {
  net::http::response result;
  result.status = status;
  result.body = error_json(message, type, param, code);
  return result;
}

} // namespace troupe::actors::api::chat
