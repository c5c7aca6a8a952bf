#include "net/llm/openai/completion.hpp"

#include "net/llm/members.hpp"

namespace troupe::net::llm::openai {

namespace {

using json::reader;

void read_content(reader& in, std::string& text) {
  if (in.peek() != json::type::array)
    return read_text(in, text);
  each_element(in, [&] {
    each_member(in, [&](std::string_view name) {
      if (name == "text")
        text += in.string_or_skip().value_or("");
      else
        in.skip();
    });
  });
}

void read_call(reader& in, completion::call_part& out) {
  each_member(in, [&](std::string_view name) {
    if (name == "index")
      out.number = in.unsigned_or_skip().value_or(out.number);
    else if (name == "id")
      read_text(in, out.call.id);
    else if (name != "function")
      in.skip();
    else
      each_member(in, [&](std::string_view part) {
        if (part == "name")
          read_text(in, out.call.name);
        else if (part == "arguments")
          read_text(in, out.call.arguments);
        else
          in.skip();
      });
  });
}

void read_message(reader& in, completion& out) {
  each_member(in, [&](std::string_view name) {
    if (name == "content") {
      read_content(in, out.text);
    } else if (name == "refusal") {
      read_text(in, out.refusal);
    } else if (name == "reasoning_content" || name == "reasoning") {
      out.is_thinking = !in.string_or_skip().value_or("").empty() || out.is_thinking;
    } else if (name == "tool_calls") {
      each_element(in, [&] { read_call(in, out.calls.emplace_back(completion::call_part{out.calls.size(), {}})); });
    } else {
      in.skip();
    }
  });
}

void read_choices(reader& in, completion& out) {
  each_element(in, [&] {
    if (out.has_choice)
      return in.skip();
    out.has_choice = each_member(in, [&](std::string_view name) {
      if (name == "message" || name == "delta")
        read_message(in, out);
      else if (name == "finish_reason")
        read_text(in, out.finish_reason);
      else
        in.skip();
    });
  });
}

void read_usage(reader& in, completion& out) {
  out.has_usage = each_member(in, [&](std::string_view name) {
    if (name == "prompt_tokens")
      out.usage.input = in.unsigned_or_skip().value_or(0);
    else if (name == "completion_tokens")
      out.usage.output = in.unsigned_or_skip().value_or(0);
    else if (name != "prompt_tokens_details")
      in.skip();
    else
      each_member(in, [&](std::string_view part) {
        if (part == "cached_tokens")
          out.usage.cached = in.unsigned_or_skip().value_or(0);
        else
          in.skip();
      });
  });
}

} // namespace

bool completion::read(std::string_view json) {
  for (auto* member : {&model, &text, &refusal, &finish_reason})
    member->clear(); // their memory serves the next chunk
  calls.clear();
  usage = {};
  has_choice = has_usage = has_error = is_thinking = false;
  reader in{json, json::strictness::lenient, reply_depth};
  const auto is_object = each_member(in, [&](std::string_view name) {
    if (name == "choices") {
      read_choices(in, *this);
    } else if (name == "model") {
      read_text(in, model);
    } else if (name == "usage") {
      read_usage(in, *this);
    } else {
      has_error = has_error || (name == "error" && in.peek() != json::type::null);
      in.skip();
    }
  });
  return in.finish() && is_object;
}

} // namespace troupe::net::llm::openai
