#include "net/webhook/fields.hpp"

#include <array>
#include <utility>

#include "net/json/writer.hpp"
#include "net/webhook/moment.hpp"

namespace troupe::net::webhook {

namespace {

constexpr text_rule requester_rule{.longest = 320};

/// What was found, short enough for a message.
std::string shown(std::string_view text) {
  constexpr std::size_t longest = 40;
  if (text.size() <= longest)
    return json::literal(text);
  auto end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  return json::literal(text.substr(0, end)) + "…";
}

/// What a byte says about the text that it stands in.
enum byte_class : std::uint8_t { visible = 1, line = 2, control = 4 };

constexpr auto byte_classes = [] {
  std::array<std::uint8_t, 256> result{};
  for (std::size_t c = 0; c < result.size(); ++c) {
    const auto ends_line = c == '\n' || c == '\r' || c == '\t';
    if (ends_line)
      result[c] = line;
    else if (c < 0x20 || c == 0x7f)
      result[c] = visible | control;
    else if (c != ' ')
      result[c] = visible;
  }
  return result;
}();

/// Whether there is one of U+0080 to U+009F.
bool holds_wide_control(std::string_view text) noexcept {
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if (text[i] == '\xc2' && static_cast<unsigned char>(text[i + 1]) < 0xa0)
      return true;
  return false;
}

/// The fault of a text's characters, or empty.
std::string_view fault_of(std::string_view text, const text_rule& rule) noexcept {
  unsigned found = 0;
  for (const auto c : text)
    found |= byte_classes[static_cast<unsigned char>(c)];
  if (!(found & visible))
    return "must hold more than white space";
  if (found & control || (rule.is_id && holds_wide_control(text)))
    return "must not hold control characters";
  if (found & line && !rule.has_lines)
    return "must be one line, without tabs";
  if (rule.is_id && (text.front() == ' ' || text.back() == ' '))
    return "must not begin or end with a space";
  return {};
}

std::string wrong_type(std::string_view wanted, json::type found) {
  return "must be " + std::string{wanted} + ", found " + std::string{json::name_of(found)};
}

} // namespace

void field_faults::add(std::string pointer, std::string message) {
  if (out_.size() < limit)
    out_.push_back({std::move(pointer), std::move(message)});
}

bool read_text(json::reader& in, std::string_view pointer, const text_rule& rule, std::string& out,
               field_faults& faults) {
  if (const auto found = in.peek(); found != json::type::string) {
    in.skip();
    faults.add(std::string{pointer}, wrong_type("a string", found));
    return false;
  }
  std::size_t characters = 0;
  const auto text = in.string(&characters);
  if (in.failed())
    return false;
  if (characters == 0 || characters > rule.longest) {
    faults.add(std::string{pointer},
               "must have 1 to " + std::to_string(rule.longest) + " characters, found " + std::to_string(characters));
    return false;
  }
  if (const auto fault = fault_of(text, rule); !fault.empty()) {
    faults.add(std::string{pointer}, std::string{fault});
    return false;
  }
  out.assign(text);
  return true;
}

std::optional<webhook::priority> read_priority(json::reader& in, field_faults& faults) {
  static constexpr std::array<std::pair<std::string_view, webhook::priority>, 6> names{{
      {"low", priority::low},
      {"medium", priority::medium},
      {"high", priority::high},
      {"critical", priority::critical},
      {"normal", priority::medium},
      {"urgent", priority::critical},
  }};
  static constexpr std::string_view rule = "must be one of low, medium, high, critical (normal = medium, "
                                           "urgent = critical), found ";
  if (const auto found = in.peek(); found != json::type::string) {
    in.skip();
    faults.add("/priority", std::string{rule} + std::string{json::name_of(found)});
    return std::nullopt;
  }
  const auto text = in.string();
  for (const auto& [name, value] : names) {
    auto equal = text.size() == name.size();
    for (std::size_t i = 0; equal && i < name.size(); ++i)
      equal = (text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20 : text[i]) == name[i];
    if (equal)
      return value;
  }
  if (!in.failed())
    faults.add("/priority", std::string{rule} + shown(text));
  return std::nullopt;
}

std::optional<unix_seconds> read_timestamp(json::reader& in, field_faults& faults) {
  static constexpr std::string_view rule = "must be Unix seconds or an RFC 3339 date and time";
  const auto found = in.peek();
  if (found != json::type::string && found != json::type::number) {
    in.skip();
    faults.add("/timestamp", std::string{rule} + ", found " + std::string{json::name_of(found)});
    return std::nullopt;
  }
  const auto text = found == json::type::string ? in.string() : in.number();
  if (in.failed())
    return std::nullopt;
  const auto result = found == json::type::string ? read_rfc3339(text) : read_unix(text);
  if (!result)
    faults.add("/timestamp", std::string{rule} + ", found " + shown(text));
  return result;
}

std::string read_requester(json::reader& in, field_faults& faults) {
  const auto found = in.peek();
  std::string name;
  std::string email;
  if (found == json::type::string) {
    read_text(in, "/requester", requester_rule, name, faults);
    return name;
  }
  if (found != json::type::object) {
    in.skip();
    faults.add("/requester", wrong_type("a string or an object with name and email", found));
    return {};
  }
  bool any = false;
  std::string_view member;
  if (in.enter_object())
    while (in.next_member(member)) {
      any = true;
      if (member == "name")
        read_text(in, "/requester/name", requester_rule, name, faults);
      else if (member == "email")
        read_text(in, "/requester/email", requester_rule, email, faults);
      else
        refuse_unknown(in, "/requester", member, "name, email", faults);
    }
  if (!any)
    faults.add("/requester", "must have a name or an email");
  if (name.empty() || email.empty())
    return name + email;
  return name + " <" + email + ">";
}

void refuse_unknown(json::reader& in, std::string_view parent, std::string_view name, std::string_view known,
                    field_faults& faults) {
  faults.add(std::string{parent} + json::pointer_step(name), "isn't known; known are " + std::string{known});
  in.skip();
}

} // namespace troupe::net::webhook
