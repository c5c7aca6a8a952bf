#include "net/llm/anthropic/stream.hpp"

#include "net/llm/anthropic/wire.hpp"
#include "net/llm/members.hpp"
#include "net/llm/provider_error.hpp"

namespace troupe::net::llm::anthropic {

using http::uptake;

uptake stream::take(const sse_reader::event& event) {
  if (event.data.empty())
    return uptake::none;
  if (!read(event.data))
    return fail({chat_fault::malformed, "an event of the stream isn't a JSON object", std::nullopt});
  if (event_.has_error || event_.type == "error")
    return fail(failure_in_stream(event.data, key_));
  if (event_.type == "message_start")
    reply_.put(reply_started{event_.begun.model});
  else if (event_.type == "content_block_start")
    return begin_block();
  else if (event_.type == "content_block_delta")
    return go_on();
  else if (event_.type == "message_delta" && !event_.stop_reason.empty())
    stop_reason_ = event_.stop_reason;
  else if (event_.type == "message_stop")
    finish(); // what follows is the body's end, behind which the connection can be used again
  return event_.type == "message_delta" || event_.type == "message_stop" ? uptake::progress : uptake::none;
}

uptake stream::begin_block() {
  tool_block_.reset();
  if (event_.block.type == "tool_use") {
    tool_block_ = event_.index;
    reply_.put(tool_call_delta{event_.index, event_.block.call.id, event_.block.call.name, {}});
  } else if (event_.block.type == "text" && !event_.block.text.empty()) {
    reply_.put(text_delta{event_.block.text});
  } else {
    return uptake::none;
  }
  return reply_.is_over() ? uptake::enough : uptake::progress;
}

uptake stream::go_on() {
  if (!event_.text.empty())
    reply_.put(text_delta{event_.text});
  else if (!event_.arguments.empty() && tool_block_ == event_.index)
    reply_.put(tool_call_delta{event_.index, {}, {}, event_.arguments});
  else if (event_.thought.empty() && event_.arguments.empty())
    return uptake::none;
  return reply_.is_over() ? uptake::enough : uptake::progress;
}

void stream::finish() {
  reply_.put(reply_finished{finish_reason_of(stop_reason_), usage_.total(), stop_reason_ == "refusal"});
}

bool stream::read(std::string_view json) {
  for (auto* member : {&event_.type, &event_.text, &event_.thought, &event_.arguments, &event_.stop_reason})
    member->clear(); // their memory serves the next event
  event_.index = 0;
  event_.has_error = false;
  json::reader in{json, json::strictness::lenient, json::reader::depth_limit};
  const auto is_object = each_member(in, [&](std::string_view name) {
    if (name == "type") {
      read_text(in, event_.type);
    } else if (name == "index") {
      event_.index = in.unsigned_or_skip().value_or(0);
    } else if (name == "delta") {
      read_delta(in);
    } else if (name == "message") {
      event_.begun.read_members(in);
      usage_ = event_.begun.usage;
    } else if (name == "content_block") {
      event_.block.read(in);
    } else if (name == "usage") {
      usage_.read(in);
    } else {
      event_.has_error = event_.has_error || (name == "error" && in.peek() != json::type::null);
      in.skip();
    }
  });
  return in.finish() && is_object;
}

void stream::read_delta(json::reader& in) {
  each_member(in, [&](std::string_view name) {
    if (name == "text")
      read_text(in, event_.text);
    else if (name == "thinking")
      read_text(in, event_.thought);
    else if (name == "partial_json")
      read_text(in, event_.arguments);
    else if (name == "stop_reason")
      read_text(in, event_.stop_reason);
    else
      in.skip();
  });
}

} // namespace troupe::net::llm::anthropic
