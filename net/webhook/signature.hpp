#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/secret.hpp"
#include "net/http/message.hpp"

namespace troupe::net::webhook {

using unix_seconds = std::chrono::sys_seconds;

/// The headers that a signature may come in. Empty = absent.
struct signature_headers {
  std::string_view signature;     ///< X-ServiceDesk-Signature
  std::string_view timestamp;     ///< X-ServiceDesk-Timestamp
  bool timestamp_present = false; ///< the header is there, even if empty
  std::string_view webhook_id;    ///< webhook-id or svix-id
  std::string_view webhook_timestamp;
  std::string_view webhook_signature;
  bool repeated = false; ///< one of them came twice: nobody can say which was meant
};

/// Finds them in a request; `svix-*` before `webhook-*`, never a mixture. The views point into `headers`.
signature_headers find_signature(const std::vector<http::header>& headers);
signature_headers find_signature(std::vector<http::header>&& headers) = delete;

/// Which form was used, or why none holds.
enum class verdict : std::uint8_t {
  valid,
  missing,   ///< no signature in any form
  malformed, ///< a header that can't be a signature or a timestamp
  wrong,     ///< matches no secret
  untimed,   ///< matches, but neither header nor body says when
  stale,     ///< older than the window
  early,     ///< further in the future than the window
};

/// For logs: `valid`, `missing`, …
std::string_view name_of(verdict v) noexcept;

/// What the signature covers.
enum class signature_form : std::uint8_t {
  timestamp_and_body, ///< X-ServiceDesk-Signature with X-ServiceDesk-Timestamp
  body,               ///< X-ServiceDesk-Signature alone
  standard,           ///< Standard Webhooks: id, timestamp and body
};

struct verification {
  webhook::verdict verdict = verdict::missing;
  signature_form form = signature_form::timestamp_and_body;
  unix_seconds signed_at{};    ///< of a valid one
  std::string_view webhook_id; ///< of a valid `standard` one: the only form in which the id is signed
  unsigned hmacs = 0;          ///< computed: follows from the headers alone, never from the secrets
};

/// Checks a body against up to two secrets. Does the same work for a tenant without secrets, one whose secrets don't
/// match and one whose first secret does, so that time doesn't tell them apart; compares in constant time.
/// `X-ServiceDesk-Signature` goes before Standard Webhooks headers; with `X-ServiceDesk-Timestamp` there, only the
/// form that signs it counts. A header may hold up to eight signatures (`sha256=…,sha256=…`; `v1,… v1,…`).
/// Key: the secret's text; for Standard Webhooks the bytes behind `whsec_`, or the text where that prefix is missing.
/// @param body_timestamp the body's own `timestamp`, which a body-only signature needs
/// @param window how far the timestamp may be off, both ways
verification verify(const signature_headers& headers, std::string_view body, std::span<const config::secret> secrets,
                    std::optional<unix_seconds> body_timestamp, unix_seconds now,
                    std::chrono::seconds window = std::chrono::minutes{5});

/// The `X-ServiceDesk-Signature` value for a body that goes with `X-ServiceDesk-Timestamp: <at>`: what
/// `troupe send-webhook` sends.
std::string sign(const config::secret& key, unix_seconds at, std::string_view body);

} // namespace troupe::net::webhook
