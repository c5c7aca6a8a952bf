#include "net/webhook/delivery.hpp"

#include "net/digest.hpp"
#include "net/json/reader.hpp"
#include "net/webhook/fields.hpp"

namespace troupe::net::webhook {

namespace {

constexpr text_rule tenant_rule{.longest = 64, .is_id = true};
constexpr text_rule ticket_rule{.longest = 128, .is_id = true};
constexpr text_rule subject_rule{.longest = 250};
constexpr text_rule description_rule{.longest = 10'000, .has_lines = true};

constexpr std::string_view known_members = "tenant_id, ticket_id, description, priority, subject, requester, timestamp";

/// Which of the required members were there, well-formed or not.
struct seen_members {
  bool tenant = false;
  bool ticket = false;
  bool description = false;
  bool priority = false;
};

void read_member(json::reader& in, std::string_view name, draft& out, seen_members& seen, field_faults& faults) {
  auto& ticket = out.ticket;
  if (name == "tenant_id") {
    seen.tenant = true;
    read_text(in, "/tenant_id", tenant_rule, ticket.tenant_id, faults);
  } else if (name == "ticket_id") {
    seen.ticket = true;
    read_text(in, "/ticket_id", ticket_rule, ticket.ticket_id, faults);
  } else if (name == "description") {
    seen.description = true;
    read_text(in, "/description", description_rule, ticket.description, faults);
  } else if (name == "priority") {
    seen.priority = true;
    ticket.priority = read_priority(in, faults).value_or(priority::medium);
  } else if (name == "subject") {
    read_text(in, "/subject", subject_rule, ticket.subject, faults);
  } else if (name == "requester") {
    ticket.requester = read_requester(in, faults);
  } else if (name == "timestamp") {
    out.timestamp = read_timestamp(in, faults);
  } else {
    refuse_unknown(in, {}, name, known_members, faults);
  }
}

void require(const seen_members& seen, field_faults& faults) {
  const auto check = [&faults](bool there, std::string_view pointer) {
    if (!there)
      faults.add(std::string{pointer}, "is required");
  };
  check(seen.tenant, "/tenant_id");
  check(seen.ticket, "/ticket_id");
  check(seen.description, "/description");
  check(seen.priority, "/priority");
}

/// Length first, so that no two lists of texts make the same bytes.
void append(std::string& out, std::string_view text) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    out += static_cast<char>(text.size() >> shift & 0xff);
  out += text;
}

} // namespace

std::variant<draft, http::field_error> parse(std::string_view body) {
  std::variant<draft, http::field_error> result;
  auto& out = std::get<draft>(result);
  field_faults faults{out.faults};
  seen_members seen;
  json::reader in{body};
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name))
      read_member(in, name, out, seen, faults);
  if (!in.finish()) {
    auto fault = *in.failure();
    result = http::field_error{std::move(fault.pointer), std::move(fault.message)};
    return result;
  }
  out.tenant_id = out.ticket.tenant_id;
  require(seen, faults);
  return result;
}

std::array<std::uint8_t, 32> delivery_key(const draft& parsed, std::string_view webhook_id) {
  const auto& ticket = parsed.ticket;
  std::string content;
  content.reserve(64 + ticket.description.size() + ticket.subject.size() + ticket.requester.size() + webhook_id.size());
  append(content, ticket.tenant_id);
  if (!webhook_id.empty()) {
    append(content, webhook_id);
    return sha256({"webhook id\n", content});
  }
  append(content, ticket.ticket_id);
  append(content, ticket.subject);
  append(content, ticket.requester);
  append(content, ticket.description);
  content += static_cast<char>(ticket.priority);
  return sha256({"body\n", content});
}

} // namespace troupe::net::webhook
