#include "net/llm/anthropic/message.hpp"

#include <utility>

#include "net/llm/members.hpp"

namespace troupe::net::llm::anthropic {

void usage_counts::read(json::reader& in) {
  each_member(in, [&](std::string_view name) {
    const auto to = name == "input_tokens"                  ? &input
                    : name == "output_tokens"               ? &output
                    : name == "cache_read_input_tokens"     ? &cache_read
                    : name == "cache_creation_input_tokens" ? &cache_write
                                                            : nullptr;
    if (to)
      *to = in.unsigned_or_skip().value_or(*to);
    else
      in.skip();
  });
}

void content_block::read(json::reader& in) {
  for (auto* part : {&type, &text, &call.id, &call.name, &call.arguments})
    part->clear();
  each_member(in, [&](std::string_view name) {
    if (name == "type")
      read_text(in, type);
    else if (name == "text")
      read_text(in, text);
    else if (name == "id")
      read_text(in, call.id);
    else if (name == "name")
      read_text(in, call.name);
    else if (name == "input")
      call.arguments = in.raw();
    else
      in.skip();
  });
}

bool message::read_members(json::reader& in) {
  content_block block;
  *this = {};
  return each_member(in, [&](std::string_view name) {
    if (name == "content") {
      has_content = each_element(in, [&] {
        block.read(in);
        if (block.type == "text")
          text += block.text;
        else if (block.type == "tool_use")
          calls.push_back(std::move(block.call));
      });
    } else if (name == "model") {
      read_text(in, model);
    } else if (name == "stop_reason") {
      read_text(in, stop_reason);
    } else if (name == "usage") {
      usage.read(in);
    } else {
      has_error = has_error || (name == "error" && in.peek() != json::type::null);
      in.skip();
    }
  });
}

bool message::read(std::string_view json) {
  json::reader in{json, json::strictness::lenient, json::reader::depth_limit};
  const auto is_object = read_members(in);
  return in.finish() && is_object;
}

} // namespace troupe::net::llm::anthropic
