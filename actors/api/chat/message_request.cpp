#include "actors/api/chat/message_request.hpp"

#include <charconv>
#include <utility>

#include "actors/api/chat/client_frame.hpp"
#include "actors/text/text.hpp"
#include "net/json/reader.hpp"

namespace troupe::actors::api::chat {

namespace json = net::json;
using net::http::field_error;

namespace {

/// Bytes of a thread's or a run's id.
constexpr std::size_t longest_name = 200;

std::vector<field_error> unreadable(const json::reader& in) {
  return {{in.failure()->pointer, in.failure()->message}};
}

void check_text(const std::optional<std::string>& text, std::size_t longest, std::string pointer,
                std::vector<field_error>& wrong) {
  if (!text)
    wrong.push_back({std::move(pointer), "must be a text"});
  else if (says_nothing(*text))
    wrong.push_back({std::move(pointer), "must say something"});
  else if (text->size() > longest)
    wrong.push_back({std::move(pointer),
                     "must have at most " + std::to_string(longest) + " bytes; found " + std::to_string(text->size())});
}

/// Of a member that may be missing or null.
void read_optional(json::reader& in, std::string& into, const char* pointer, std::vector<field_error>& wrong) {
  const auto type = in.peek();
  if (const auto value = in.string_or_skip())
    into = *value;
  else if (type != json::type::null)
    wrong.push_back({pointer, "must be a text"});
}

void check_id(const std::string& id, std::vector<field_error>& wrong) {
  if (!id.empty())
    if (const auto fault = fault_of_id(id); !fault.empty())
      wrong.push_back({"/id", std::string{fault}});
}

/// @param steps 0 = the body has no step
message_parse parse(std::string_view body, std::size_t longest, std::size_t steps) {
  json::reader in{body};
  message_request out;
  std::vector<field_error> wrong;
  std::optional<std::string> text;
  std::string step;
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name)) {
      if (name == "message" || (name == "text" && steps == 0)) {
        if (const auto value = in.string_or_skip())
          text = *value;
      } else if (name == "id") {
        read_optional(in, out.id, "/id", wrong);
      } else if (name == "conversation") {
        read_optional(in, out.conversation, "/conversation", wrong);
      } else if (name == "step" && in.peek() == json::type::number) {
        step = in.number();
      } else {
        in.skip();
      }
    }
  if (!in.finish())
    return unreadable(in);
  check_text(text, longest, "/message", wrong);
  check_id(out.id, wrong);
  if (steps > 0) {
    std::size_t number = 0;
    const auto end = std::from_chars(step.data(), step.data() + step.size(), number);
    if (end.ec != std::errc{} || end.ptr != step.data() + step.size() || number < 1 || number > steps)
      wrong.push_back({"/step", "must be a whole number from 1 to " + std::to_string(steps)
                                    + (step.empty() ? "" : "; found " + step.substr(0, 32))});
  }
  if (!wrong.empty())
    return wrong;
  out.text = *std::move(text);
  return out;
}

/// One of AG-UI's messages.
struct said {
  std::string role;
  std::string id;
  std::optional<std::string> text;
};

void read_content(json::reader& in, said& out) {
  if (in.peek() != json::type::array) {
    if (const auto value = in.string_or_skip())
      out.text = *value;
    return;
  }
  std::string_view name;
  in.enter_array();
  while (in.next_element()) {
    if (!in.enter_object())
      return;
    while (in.next_member(name)) {
      if (name != "text") {
        in.skip();
      } else if (const auto value = in.string_or_skip()) {
        auto& all = out.text ? *out.text : out.text.emplace();
        all.append(all.empty() ? "" : "\n").append(*value);
      }
    }
  }
}

said read_said(json::reader& in) {
  said out;
  std::string_view name;
  if (!in.enter_object())
    return out;
  while (in.next_member(name)) {
    if (name == "role")
      out.role = in.string_or_skip().value_or("");
    else if (name == "id")
      out.id = in.string_or_skip().value_or("");
    else if (name == "content")
      read_content(in, out);
    else
      in.skip();
  }
  return out;
}

void read_name(json::reader& in, std::string& into) {
  into = in.string_or_skip().value_or("");
}

void check_name(const std::string& text, const char* pointer, std::vector<field_error>& wrong) {
  if (text.empty() || text.size() > longest_name)
    wrong.push_back({pointer, "must be a text of 1 to " + std::to_string(longest_name) + " bytes"});
}

} // namespace

message_parse parse_message(std::string_view body, std::size_t longest) {
  return parse(body, longest, 0);
}

message_parse parse_onboarding(std::string_view body, std::size_t longest, std::size_t steps) {
  return parse(body, longest, steps);
}

message_parse parse_run_input(std::string_view body, std::size_t longest) {
  json::reader in{body, json::strictness::lenient, json::reader::depth_limit};
  message_request out;
  said last;
  std::size_t count = 0;
  std::vector<field_error> wrong;
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name)) {
      if (name == "threadId") {
        read_name(in, out.thread);
      } else if (name == "runId") {
        read_name(in, out.run);
      } else if (name == "messages" && in.peek() == json::type::array) {
        in.enter_array();
        for (; in.next_element(); ++count)
          last = read_said(in);
      } else {
        in.skip();
      }
    }
  if (!in.finish())
    return unreadable(in);
  check_name(out.thread, "/threadId", wrong);
  check_name(out.run, "/runId", wrong);
  const auto place = "/messages/" + std::to_string(count == 0 ? 0 : count - 1);
  if (count == 0 || last.role != "user")
    wrong.push_back({"/messages", "must end with a message of the user"});
  else
    check_text(last.text, longest, place + "/content", wrong);
  if (const auto fault = last.id.empty() ? "" : fault_of_id(last.id); !fault.empty())
    wrong.push_back({place + "/id", std::string{fault}});
  if (!wrong.empty())
    return wrong;
  out.text = *std::move(last.text);
  out.id = std::move(last.id);
  return out;
}

} // namespace troupe::actors::api::chat
