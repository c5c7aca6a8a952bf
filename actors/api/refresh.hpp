#pragma once

#include <chrono>
#include <memory>

#include "actors/runtime/clock.hpp"
#include "actors/runtime/journal_queue.hpp"
#include "actors/tenancy/directory.hpp"
#include "config/settings.hpp"
#include "net/http/router.hpp"

namespace troupe::actors::api {

/// Refreshes that one source address may ask for per minute.
inline constexpr unsigned refreshes_per_minute = 60;

/// How long a used refresh token is answered with the successor it already has: the answer may have been lost.
inline constexpr std::chrono::seconds refresh_grace{10};

struct refresh_services {
  std::shared_ptr<const config::settings> settings;
  std::shared_ptr<const tenant_directory> tenants;
  std::shared_ptr<journal_queue> journal;
  std::shared_ptr<const clock> time;
};

/// `POST /api/v1/auth/refresh` `{"refresh_token"}`: a new access token and the refresh token that takes the place of
/// the one presented. 401 for a token that is unknown, expired or used before, alike; the last revokes its whole
/// family. 404 where troupe doesn't issue tokens.
net::http::handler refresh_route(refresh_services services);

} // namespace troupe::actors::api
