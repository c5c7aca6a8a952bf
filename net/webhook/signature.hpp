#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/secret.hpp"

namespace troupe::net::webhook {

using unix_seconds = std::chrono::sys_seconds;

/// The headers that a signature may come in. Empty = absent.
struct signature_headers {
  std::string_view signature;         ///< X-ServiceDesk-Signature
  std::string_view timestamp;         ///< X-ServiceDesk-Timestamp
  bool timestamp_present = false;     ///< the header is there, even if empty
  std::string_view webhook_id;        ///< webhook-id or svix-id
  std::string_view webhook_timestamp;
  std::string_view webhook_signature;
};

/// Which form was used, or why none holds.
enum class verdict : std::uint8_t {
  valid,
  missing,          ///< no signature in any form
  malformed,        ///< a header that can't be a signature or a timestamp
  wrong,            ///< matches no secret
  stale,            ///< older than the window
  early,            ///< further in the future than the window
};

struct verification {
  webhook::verdict verdict = verdict::missing;
  unix_seconds signed_at{};           ///< of a valid one
};

/// Checks a body against up to two secrets. Always computes as many HMACs for a tenant without secrets as for one
/// with them, so that time doesn't tell tenants apart; compares in constant time.
/// @param body_timestamp the body's own `timestamp`, which a body-only signature needs
/// @param window how far the timestamp may be off, both ways
verification verify(const signature_headers& headers, std::string_view body, std::span<const config::secret> secrets,
                    std::optional<unix_seconds> body_timestamp, unix_seconds now,
                    std::chrono::seconds window = std::chrono::minutes{5});

/// The `X-ServiceDesk-Signature` value for a body: what `troupe send-webhook` sends.
std::string sign(const config::secret& key, unix_seconds at, std::string_view body);

} // namespace troupe::net::webhook
