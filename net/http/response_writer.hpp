#pragma once

#include <string>
#include <string_view>

#include "net/http/message.hpp"

namespace troupe::net::http {

/// Where the body of a response ends.
enum class body_framing : unsigned char { counted, chunked, until_close };

/// How a response goes onto the wire.
struct response_frame {
  std::string_view request_id;
  std::string_view date; ///< value of the `Date` field
  bool keep_alive = true;
  bool version_11 = true; ///< of the request
  bool head_only = false; ///< the request was HEAD
  body_framing framing = body_framing::counted;
};

/// Whether a response can be sent as it is: a final status, fields without control characters, none of those that the
/// server writes itself; or the change of protocol, together with what follows it.
bool is_sendable(const response& r) noexcept;

/// Appends a response with the fields that every one has. Precondition: `is_sendable(r)`.
void append_response(std::string& out, const response& r, const response_frame& frame);

/// The time now as a `Date` field has it.
std::string http_date();

} // namespace troupe::net::http
