#pragma once

#include <memory>

#include "actors/api/auth.hpp"
#include "actors/api/parts.hpp"
#include "net/http/router.hpp"

namespace troupe::actors::api::chat {

/// All that users talk to agents by.
/// @param auth who they are; its limit is that of requests
/// @param of must outlive the server
void add_routes(net::http::router& to, const auth_services& auth, parts& of);

} // namespace troupe::actors::api::chat
