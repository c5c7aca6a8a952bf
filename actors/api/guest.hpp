#pragma once

#include <memory>

#include "actors/api/authenticator.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/tenancy/directory.hpp"
#include "config/settings.hpp"
#include "net/http/router.hpp"

namespace troupe::actors::api {

/// Guest tokens that one source address gets per minute.
inline constexpr unsigned guests_per_minute = 30;

/// How long a guest's token is valid.
inline constexpr std::chrono::hours guest_ttl{24};

struct guest_services {
  std::shared_ptr<const config::settings> settings;
  std::shared_ptr<const tenant_directory> tenants;
  std::shared_ptr<const authenticator> tokens;
  std::shared_ptr<const clock> time;
};

/// `POST /api/v1/auth/guest`: a token for a new user of `auth.guest_tenant`, or for the guest whose valid token comes
/// with the request, for pages of this server only (403 otherwise). 404 while that is off, or while others than this
/// machine could ask and `auth.guest_remote` doesn't allow it. Says at once in the log whether guests are let in.
net::http::handler guest_tokens(guest_services services);

} // namespace troupe::actors::api
