#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::net::http {

class takeover;

/// A header field. Names compare without regard to case.
using header = std::pair<std::string, std::string>;

/// A request as handlers see it: parsed, bounded, body complete.
struct request {
  std::string method; ///< `GET`, `POST`, …
  std::string path;   ///< percent-decoded but for `escaped_slash` (target.hpp), always begins with `/`
  std::string query;  ///< raw, without `?`
  std::vector<header> headers;
  std::string body;
  std::string remote_address; ///< text of the peer's IP address, without port
  std::string id;             ///< from `X-Request-Id` when well-formed, else made; the correlation id
  std::vector<std::pair<std::string, std::string>> parameters; ///< of the route: `{id}`
  std::stop_token gone; ///< the client went before it was answered; for routes with `leaving::told`, on their thread

  /// First value of a header, or empty.
  std::string_view get(std::string_view name) const noexcept;
  /// How often a header occurs.
  std::size_t count(std::string_view name) const noexcept;
  /// Value of a path parameter, or empty.
  std::string_view parameter(std::string_view name) const noexcept;
  /// Decoded value of a query parameter, or empty.
  std::string query_parameter(std::string_view name) const;
};

struct response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::vector<header> headers;
  std::string body;
  std::shared_ptr<takeover> then = {}; ///< what the connection becomes behind the head; null = the response is complete
};

/// One fault of an input, for problem+json.
struct field_error {
  std::string pointer; ///< JSON Pointer such as `/priority`
  std::string message; ///< the rule and what was found
};

/// An RFC 9457 `application/problem+json` response with `type, title, status, detail, correlation_id` and `errors`.
response problem(unsigned status, std::string_view detail, std::string_view correlation_id,
                 const std::vector<field_error>& errors = {});

} // namespace troupe::net::http
