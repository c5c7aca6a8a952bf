#pragma once

#include <string>
#include <string_view>

#include "net/http/message.hpp"
#include "net/websocket/settings.hpp"

namespace troupe::net::websocket {

/// The answer to a request for a session (RFC 6455, 4.2): 101 without `then`, or the refusal: 400, 403 for a foreign
/// `Origin`, 426 for what isn't a handshake of version 13.
http::response answer_handshake(const http::request& r, const settings& s);

/// `Sec-WebSocket-Accept` for a key.
std::string accept_key(std::string_view key);

/// Whether a browser's page may connect: its origin is the server's own as the request names it, or one of those
/// allowed. Scheme, host and port count; the server's own scheme is not known behind a proxy, so either is taken.
bool is_origin_allowed(std::string_view origin, std::string_view host, const settings& s);

} // namespace troupe::net::websocket
