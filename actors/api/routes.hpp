#pragma once

#include "actors/api/parts.hpp"
#include "net/http/router.hpp"

namespace troupe::actors::api {

/// All that the server answers.
/// @param of must outlive the server
net::http::router make_routes(parts& of);

} // namespace troupe::actors::api
