#pragma once

#include <functional>
#include <memory>

#include "actors/api/rate_limiter.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/tenancy/directory.hpp"
#include "config/settings.hpp"
#include "net/http/router.hpp"
#include "net/jwt.hpp"

namespace troupe::actors::api {

/// A handler that knows who asks.
using user_handler = std::function<void(const net::http::request&, const net::jwt::claims&, net::http::reply)>;

struct auth_services {
  std::shared_ptr<const config::jwt_settings> jwt;
  std::shared_ptr<const tenant_directory> tenants;
  std::shared_ptr<rate_limiter> requests; ///< by user
  unsigned requests_per_minute = 10;
  std::shared_ptr<const clock> time;
};

/// Lets requests with a valid token (`Authorization: Bearer`) of a known tenant through to `inner`, as many a minute as
/// a user may make. Others get 401 with `WWW-Authenticate`, or 429 with `Retry-After`.
net::http::handler with_user(auth_services services, user_handler inner);

} // namespace troupe::actors::api
