#pragma once

#include <functional>

#include "actors/api/parts.hpp"
#include "actors/desk/messages.hpp"

namespace troupe::actors::api {

/// Makes the connector of a tenant's desk: the one over storage for `local`, else one over the network. Null, and
/// logged, when the tenant's settings can't be used. Any thread.
/// @param of must outlive the result
std::function<connector_ptr(const storage::tenant&)> make_connectors(parts& of);

} // namespace troupe::actors::api
