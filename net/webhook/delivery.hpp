#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/http/message.hpp"
#include "net/webhook/signature.hpp"

namespace troupe::net::webhook {

enum class priority : std::uint8_t { low, medium, high, critical };

/// A webhook's body after validation.
struct ticket {
  std::string tenant_id;
  std::string ticket_id;
  std::string subject; ///< may be empty
  std::string description;
  std::string requester; ///< may be empty; `Name <email>` when both were given
  webhook::priority priority = priority::medium;
};

/// A parsed body before its fields are validated: enough to find the tenant and check the signature.
struct draft {
  std::string tenant_id;                 ///< empty when missing or no well-formed id
  std::optional<unix_seconds> timestamp; ///< the body's own, when well-formed
  webhook::ticket ticket;
  std::vector<http::field_error> faults; ///< of fields, at most 32; reported only once the signature holds
};

/// Parses a body: one pass, no document tree. The alternative is the JSON fault that makes the body unreadable
/// (syntax, invalid UTF-8, NUL, depth over 32, duplicate keys, over 64 members, not an object), answered before the
/// signature is looked at.
std::variant<draft, http::field_error> parse(std::string_view body);

/// What makes two deliveries the same: SHA-256 over tenant and `webhook_id`, or without one over tenant, ticket and
/// every other field apart from `timestamp`. The order of members, white space and escapes don't matter.
/// @param parsed without faults
/// @param webhook_id `verification::webhook_id`: an id that nobody signed must not tell deliveries apart
std::array<std::uint8_t, 32> delivery_key(const draft& parsed, std::string_view webhook_id);

} // namespace troupe::net::webhook
