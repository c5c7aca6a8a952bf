// Whatever the body, it is a fault of JSON, or a draft whose fields keep to their limits or are told as faults.

#include <cstdint>

#include "net/json/writer.hpp"
#include "net/webhook/delivery.hpp"
#include "tests/fuzz/require.hpp"

using namespace troupe::net;
using namespace troupe::net::webhook;
using troupe::fuzzing::is_utf8;
using troupe::fuzzing::require;

namespace {

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const auto c : text)
    count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

void check_text(std::string_view text, std::size_t least, std::size_t most) {
  require(is_utf8(text) && text.find('\0') == text.npos);
  require(characters(text) >= least && characters(text) <= most);
}

/// The same ticket written anew is the same delivery.
void check_key(const draft& parsed) {
  const auto& ticket = parsed.ticket;
  static constexpr const char* priorities[] = {"Low", "normal", "HIGH", "urgent"};
  std::string body = "{ \"priority\" : " + json::literal(priorities[static_cast<int>(ticket.priority)])
                     + ", \"timestamp\": 7, \"ticket_id\":" + json::literal(ticket.ticket_id)
                     + ",\"description\":" + json::literal(ticket.description);
  if (!ticket.subject.empty())
    body += ",\"subject\":" + json::literal(ticket.subject);
  body += ",\"tenant_id\":" + json::literal(ticket.tenant_id) + "}";
  auto again = parse(body);
  auto* second = std::get_if<draft>(&again);
  require(second != nullptr && second->faults.empty());
  second->ticket.requester = ticket.requester;
  require(delivery_key(*second, {}) == delivery_key(parsed, {}));
  require(delivery_key(*second, "id") == delivery_key(parsed, "id"));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto result = parse({reinterpret_cast<const char*>(data), size});
  if (const auto* fault = std::get_if<http::field_error>(&result)) {
    require(!fault->message.empty() && is_utf8(fault->message) && is_utf8(fault->pointer));
    require(fault->pointer.empty() || fault->pointer.starts_with('/'));
    return 0;
  }
  const auto& parsed = std::get<draft>(result);
  require(parsed.faults.size() <= 32);
  for (const auto& fault : parsed.faults)
    require(fault.pointer.starts_with('/') && !fault.message.empty() && is_utf8(fault.message) && is_utf8(fault.pointer)
            && fault.pointer.size() < 200 && fault.message.size() < 400);
  check_text(parsed.tenant_id, 0, 64);
  if (!parsed.faults.empty())
    return 0;
  check_text(parsed.tenant_id, 1, 64);
  check_text(parsed.ticket.ticket_id, 1, 128);
  check_text(parsed.ticket.description, 1, 10'000);
  check_text(parsed.ticket.subject, 0, 250);
  check_text(parsed.ticket.requester, 0, 643);
  check_key(parsed);
  return 0;
}
