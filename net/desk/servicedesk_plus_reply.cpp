#include "net/desk/servicedesk_plus_reply.hpp"

#include <charconv>

#include "net/desk/html_text.hpp"
#include "net/json/reader.hpp"

namespace troupe::net::desk {

namespace {

using json::reader;
using json::type;

/// `status_code` of a failed call in general; the messages say more.
constexpr unsigned code_failed = 4000;
constexpr unsigned code_success = 2000;

/// A number, or a text of digits as some builds send; 0 for anything else.
unsigned read_code(reader& in) {
  if (in.peek() == type::number)
    return static_cast<unsigned>(std::min<std::uint64_t>(in.unsigned_or_skip().value_or(0), 99'999));
  const auto text = in.string_or_skip().value_or("");
  unsigned value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && rest == text.data() + text.size() ? value : 0;
}

/// Ids are decimal strings; a number is taken as well.
std::string read_id(reader& in) {
  constexpr std::size_t longest = 64;
  const auto number = in.peek() == type::number;
  const auto text = number ? in.number() : in.string_or_skip().value_or("");
  return std::string{text.substr(0, longest)};
}

/// Calls `f` with the name of each member; it reads the value. Skips what is no object.
template <class F>
void each_member(reader& in, F f) {
  if (in.peek() != type::object)
    return in.skip();
  in.enter_object();
  for (std::string_view name; in.next_member(name);)
    f(name);
}

/// Calls `f` for each element; it reads the value. What is no array counts as the only element.
template <class F>
void each_element(reader& in, F f) {
  if (in.peek() != type::array)
    return f();
  in.enter_array();
  while (in.next_element())
    f();
}

void read_messages(reader& in, unsigned& code) {
  each_element(in, [&] {
    each_member(in, [&](std::string_view name) {
      if (name == "status_code" && code == code_failed) {
        const auto inner = read_code(in);
        code = inner == 0 ? code : inner;
      } else {
        in.skip();
      }
    });
  });
}

/// An object, or in lists an array of one.
void read_status(reader& in, unsigned& code) {
  bool first = true;
  each_element(in, [&] {
    unsigned outer = 0;
    unsigned inner = code_failed;
    each_member(in, [&](std::string_view name) {
      if (name == "status_code")
        outer = read_code(in);
      else if (name == "messages")
        read_messages(in, inner);
      else
        in.skip();
    });
    if (first)
      code = outer == code_failed || outer == 0 ? inner : outer;
    first = false;
  });
}

void read_listed_note(reader& in, std::string_view marker, note_page& page) {
  std::string id;
  bool has_text = false;
  bool shown = false;
  each_member(in, [&](std::string_view name) {
    if (name == "id") {
      id = read_id(in);
    } else if (name == "description" && in.peek() == type::string) {
      has_text = true;
      shown = shows_marker(in.string(), marker);
    } else {
      in.skip();
    }
  });
  ++page.rows;
  page.without_text |= !has_text;
  if (shown && !page.found)
    page.found = std::move(id);
}

void read_list_info(reader& in, note_page& page) {
  each_member(in, [&](std::string_view name) {
    if (name == "has_more_rows" && in.peek() == type::boolean) {
      page.more_known = true;
      page.more = in.boolean();
    } else {
      in.skip();
    }
  });
}

} // namespace

bool is_success(unsigned code) noexcept {
  return code == code_success || code == 200;
}

std::optional<reply_summary> read_reply(std::string_view body, std::string_view marker) {
  reply_summary result;
  bool has_status = false;
  reader in{body, json::strictness::lenient, reader::depth_limit};
  if (in.peek() != type::object)
    return std::nullopt;
  each_member(in, [&](std::string_view name) {
    if (name == "response_status") {
      has_status = true;
      read_status(in, result.code);
    } else if (name == "note" || name == "request_note") {
      each_member(in, [&](std::string_view member) {
        if (member == "id")
          result.note_id = read_id(in);
        else
          in.skip();
      });
    } else if (name == "notes" || name == "request_notes") {
      result.lists_notes = true;
      each_element(in, [&] { read_listed_note(in, marker, result.page); });
    } else if (name == "list_info") {
      read_list_info(in, result.page);
    } else {
      in.skip();
    }
  });
  return in.finish() && has_status ? std::optional{std::move(result)} : std::nullopt;
}

std::string_view meaning_of(unsigned code) noexcept {
  switch (code) {
  case 401:
  case code_invalid_key:
    return "invalid API key";
  case code_failed:
    return "failed";
  case 4001:
    return "an id or name is unknown or can't be set";
  case code_forbidden:
    return "the key's role doesn't allow it";
  case code_internal_error:
    return "internal error of the desk";
  case code_not_found:
    return "no such ticket or address";
  case 4008:
    return "not unique";
  case 4009:
  case 4014:
    return "a field can't be edited";
  case 4012:
    return "a mandatory field is missing";
  case code_rate_limit:
    return "rate limit reached";
  case 4021:
    return "a value has the wrong type";
  case 7001:
    return "the desk's licence doesn't allow it";
  default:
    return {};
  }
}

} // namespace troupe::net::desk
