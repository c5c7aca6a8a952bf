#pragma once

#include <memory>

#include "net/http/message.hpp"
#include "net/websocket/listener.hpp"
#include "net/websocket/settings.hpp"

namespace troupe::config {
class metrics;
}

namespace troupe::net::websocket {

struct endpoint_parts;

/// Makes sessions of requests:
///
///     routes.add("GET", "/chat", [chat](const http::request& r, http::reply done) {
///       done(chat->accept(r, std::make_unique<chat_listener>(r)));
///     });
///
/// The reply may be given later and on any thread, as for every request. Any thread.
class endpoint {
public:
  endpoint(settings s, config::metrics& metrics);

  /// The answer with which the connection becomes a session, or a refusal: 400, 403, 426. A refusal drops the listener.
  /// @param admitted false: the limits are the early ones until `session::admit` is called
  http::response accept(const http::request& r, std::unique_ptr<listener> l, bool admitted = true) const;

private:
  std::shared_ptr<endpoint_parts> parts_;
};

} // namespace troupe::net::websocket
