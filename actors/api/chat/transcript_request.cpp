#include "actors/api/chat/transcript_request.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

#include "net/json/reader.hpp"

namespace troupe::actors::api::chat {

namespace json = net::json;
using conversation::speaker;
using net::http::field_error;

namespace {

/// The first fault of a body. That of its JSON comes before all others.
class faults {
public:
  explicit faults(json::reader& in) : in_{in} {}

  void add(std::string pointer, std::string message) {
    if (!first_ && !in_.failed())
      first_ = field_error{std::move(pointer), std::move(message)};
  }

  std::optional<field_error> take() {
    if (!in_.finish())
      first_ = field_error{in_.failure()->pointer, in_.failure()->message};
    return std::move(first_);
  }

private:
  json::reader& in_;
  std::optional<field_error> first_;
};

std::string found(json::type what) {
  const bool vowel = what == json::type::object || what == json::type::array;
  return std::string{"; found "} + (vowel ? "an " : "a ") + std::string{name_of(what)};
}

/// A member that may be null, which counts as not given.
bool is_null(json::reader& in) {
  if (in.peek() != json::type::null)
    return false;
  in.skip();
  return true;
}

/// A text that must be one.
std::string read_text(json::reader& in, const std::string& pointer, faults& wrong) {
  const auto type = in.peek();
  if (auto text = in.string_or_skip())
    return std::string{*text};
  wrong.add(pointer, "must be a text" + found(type));
  return {};
}

/// Who speaks in a role; nothing for those that don't take part in the talk.
enum class part : std::uint8_t { unknown, system, user, agent, other };

part part_of(std::string_view role) {
  if (role == "user")
    return part::user;
  if (role == "assistant")
    return part::agent;
  if (role == "system" || role == "developer")
    return part::system;
  return role == "tool" || role == "function" ? part::other : part::unknown;
}

/// One element of `content`.
void read_part(json::reader& in, const std::string& pointer, std::string& text, faults& wrong) {
  std::string type;
  std::string_view name;
  if (!in.enter_object())
    return;
  while (in.next_member(name)) {
    if (name == "type")
      type = in.string_or_skip().value_or("");
    else if (name == "text")
      text.append(text.empty() ? "" : "\n").append(read_text(in, pointer + "/text", wrong));
    else
      in.skip();
  }
  if (type != "text" && type != "refusal")
    wrong.add(pointer + "/type", "must be text; other content isn't understood, found '" + type.substr(0, 64) + "'");
}

/// A text, an array of parts, or null.
std::string read_content(json::reader& in, const std::string& pointer, faults& wrong) {
  std::string out;
  switch (in.peek()) {
  case json::type::string:
    out = in.string();
    break;
  case json::type::array:
    in.enter_array();
    for (std::size_t i = 0; in.next_element(); ++i)
      read_part(in, pointer + "/" + std::to_string(i), out, wrong);
    break;
  case json::type::null:
    in.skip();
    break;
  default:
    wrong.add(pointer, "must be a text or an array of parts");
    in.skip();
  }
  return out;
}

struct talk_read {
  std::string system;
  std::vector<conversation::transcript_line> lines;
};

void read_line(json::reader& in, const std::string& pointer, talk_read& out, faults& wrong) {
  auto who = part::unknown;
  std::string role, text;
  std::string_view name;
  if (!in.enter_object())
    return;
  while (in.next_member(name)) {
    if (name == "role") {
      role = in.string_or_skip().value_or("");
      who = part_of(role);
    } else if (name == "content") {
      text = read_content(in, pointer + "/content", wrong);
    } else {
      in.skip();
    }
  }
  if (who == part::unknown)
    wrong.add(pointer + "/role",
              "must be one of user, assistant, system, developer or tool; found '" + role.substr(0, 64) + "'");
  else if (who == part::system)
    out.system.append(out.system.empty() ? "" : "\n\n").append(text);
  else if (who != part::other)
    out.lines.push_back({who == part::user ? speaker::user : speaker::agent, std::move(text)});
}

void read_lines(json::reader& in, const std::string& pointer, talk_read& out, faults& wrong) {
  if (in.peek() != json::type::array) {
    wrong.add(pointer, "must be an array");
    return in.skip();
  }
  in.enter_array();
  for (std::size_t i = 0; in.next_element(); ++i) {
    if (i >= most_lines) {
      wrong.add(pointer, "must have at most " + std::to_string(most_lines) + " elements");
      in.skip();
    } else {
      read_line(in, pointer + "/" + std::to_string(i), out, wrong);
    }
  }
  out.lines = conversation::in_turns(std::move(out.lines));
}

bool flag(json::reader& in, const char* pointer, faults& wrong) {
  const auto type = in.peek();
  if (type == json::type::boolean)
    return in.boolean();
  if (!is_null(in)) {
    wrong.add(pointer, "must be true or false" + found(type));
    in.skip();
  }
  return false;
}

std::optional<double> read_temperature(json::reader& in, faults& wrong) {
  constexpr auto rule = "must be a number from 0 to 2";
  if (is_null(in))
    return std::nullopt;
  if (const auto type = in.peek(); type != json::type::number) {
    wrong.add("/temperature", rule + found(type));
    in.skip();
    return std::nullopt;
  }
  const auto digits = in.number();
  double value = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (value < 0 || value > 2)
    wrong.add("/temperature", rule + ("; found " + std::string{digits.substr(0, 32)}));
  return value;
}

std::optional<unsigned> read_tokens(json::reader& in, const char* pointer, faults& wrong) {
  if (is_null(in))
    return std::nullopt;
  const auto value = in.unsigned_or_skip();
  if (!value || *value == 0 || *value > 1'000'000) {
    wrong.add(pointer, "must be a whole number from 1 to 1000000");
    return std::nullopt;
  }
  return static_cast<unsigned>(*value);
}

void read_options(json::reader& in, completion_request& out, faults& wrong) {
  if (is_null(in))
    return;
  if (const auto type = in.peek(); type != json::type::object) {
    wrong.add("/stream_options", "must be an object" + found(type));
    return in.skip();
  }
  std::string_view name;
  in.enter_object();
  while (in.next_member(name))
    if (name == "include_usage")
      out.include_usage = flag(in, "/stream_options/include_usage", wrong);
    else
      in.skip();
}

/// @param older_limit `max_tokens`, which `max_completion_tokens` counts more than
void read_member(std::string_view name, json::reader& in, completion_request& out, talk_read& talk,
                 std::optional<unsigned>& older_limit, faults& wrong) {
  if (name == "model")
    out.model = read_text(in, "/model", wrong);
  else if (name == "messages")
    read_lines(in, "/messages", talk, wrong);
  else if (name == "stream")
    out.stream = flag(in, "/stream", wrong);
  else if (name == "stream_options")
    read_options(in, out, wrong);
  else if (name == "max_completion_tokens")
    out.max_tokens = read_tokens(in, "/max_completion_tokens", wrong);
  else if (name == "max_tokens")
    older_limit = read_tokens(in, "/max_tokens", wrong);
  else if (name == "temperature")
    out.temperature = read_temperature(in, wrong);
  else if (name != "n")
    in.skip();
  else if (!is_null(in) && in.unsigned_or_skip() != 1U)
    wrong.add("/n", "must be 1: a talk has one answer");
}

} // namespace

std::variant<profile_request, field_error> parse_profile_request(std::string_view body) {
  json::reader in{body};
  faults wrong{in};
  profile_request out;
  talk_read talk;
  bool given = false;
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name)) {
      if (name == "agent") {
        if (in.peek() != json::type::string && in.peek() != json::type::null)
          wrong.add("/agent", "must be a text");
        out.agent = in.string_or_skip().value_or("");
      } else if (name == "transcript") {
        given = true;
        read_lines(in, "/transcript", talk, wrong);
      } else {
        in.skip();
      }
    }
  if (!given)
    wrong.add("/transcript", "is missing: an array of {role, content}");
  else if (talk.lines.empty())
    wrong.add("/transcript", "must have a line that says something");
  if (auto fault = wrong.take())
    return *std::move(fault);
  out.lines = std::move(talk.lines);
  return out;
}

std::variant<completion_request, field_error> parse_completion_request(std::string_view body) {
  json::reader in{body, json::strictness::lenient, json::reader::depth_limit};
  faults wrong{in};
  completion_request out;
  talk_read talk;
  std::optional<unsigned> older_limit;
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name))
      read_member(name, in, out, talk, older_limit, wrong);
  if (!out.max_tokens)
    out.max_tokens = older_limit;
  if (out.model.empty())
    wrong.add("/model", "is missing: the name of an agent");
  if (talk.lines.empty() || talk.lines.back().by != speaker::user)
    wrong.add("/messages", "must end with a message of the user");
  if (auto fault = wrong.take())
    return *std::move(fault);
  out.system = std::move(talk.system);
  out.lines = std::move(talk.lines);
  return out;
}

} // namespace troupe::actors::api::chat
