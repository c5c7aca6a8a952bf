#include "net/llm/openai_completion.hpp"

#include "net/json/reader.hpp"

namespace troupe::net::llm {

namespace {

using json::reader;

constexpr unsigned reply_depth = 32;

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

void read_message(reader& in, openai_completion& out) {
  std::string_view name;
  if (in.peek() != json::type::object)
    return in.skip();
  in.enter_object();
  while (in.next_member(name)) {
    if (name == "content") {
      read_content(in, out.text);
    } else if (name == "refusal") {
      out.refusal = in.string_or_skip().value_or("");
    } else if (name == "reasoning_content" || name == "reasoning") {
      out.is_working = !in.string_or_skip().value_or("").empty() || out.is_working;
    } else if (name == "tool_calls") {
      out.is_working = in.peek() == json::type::array || out.is_working;
      in.skip();
    } else {
      in.skip();
    }
  }
}

void read_choices(reader& in, openai_completion& out) {
  std::string_view name;
  if (in.peek() != json::type::array)
    return in.skip();
  in.enter_array();
  while (in.next_element()) {
    if (out.has_choice) {
      in.skip();
      continue;
    }
    out.has_choice = in.enter_object();
    while (in.next_member(name)) {
      if (name == "message" || name == "delta")
        read_message(in, out);
      else if (name == "finish_reason")
        out.finish_reason = in.string_or_skip().value_or("");
      else
        in.skip();
    }
  }
}

void read_usage(reader& in, openai_completion& out) {
  std::string_view name;
  if (in.peek() != json::type::object)
    return in.skip();
  out.has_usage = in.enter_object();
  while (in.next_member(name)) {
    if (name == "prompt_tokens")
      out.input_tokens = in.unsigned_or_skip().value_or(0);
    else if (name == "completion_tokens")
      out.output_tokens = in.unsigned_or_skip().value_or(0);
    else
      in.skip();
  }
}

} // namespace

bool openai_completion::read(std::string_view json) {
  for (auto* member : {&model, &text, &refusal, &finish_reason})
    member->clear(); // their memory serves the next chunk
  input_tokens = output_tokens = 0;
  has_choice = has_usage = has_error = is_working = false;
  reader in{json, json::strictness::lenient, reply_depth};
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name)) {
      if (name == "choices") {
        read_choices(in, *this);
      } else if (name == "model") {
        model = in.string_or_skip().value_or("");
      } else if (name == "usage") {
        read_usage(in, *this);
      } else {
        has_error = has_error || (name == "error" && in.peek() != json::type::null);
        in.skip();
      }
    }
  return in.finish();
}

} // namespace troupe::net::llm
