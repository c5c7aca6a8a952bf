#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "config/secret.hpp"
#include "net/desk/connector.hpp"
#include "net/http/client.hpp"

namespace troupe::net::desk {

/// Where a tenant's desk is and how it is reached.
struct desk_target {
  std::string kind; ///< one of `desk_kinds`
  std::string url;
  config::secret key;
  std::string ca_pem;       ///< PEM text of the desk's own authority; empty = the system's only
  std::string options_json; ///< JSON object that depends on the kind; empty = none
};

/// The kinds that `make_connector` knows, for messages and help: `servicedesk_plus`. `local`, the desk that troupe
/// keeps itself, isn't reached over a network and isn't made here.
inline constexpr std::string_view desk_kinds = "servicedesk_plus";

/// A clock that never goes back, for time limits.
using steady_clock_reading = std::function<std::chrono::steady_clock::time_point()>;

/// Throws `std::invalid_argument` with a sentence that names the fault: unknown kind, url, key, PEM or option.
std::unique_ptr<connector> make_connector(const http::dialer& dial, const desk_target& target,
                                          steady_clock_reading now = std::chrono::steady_clock::now);

} // namespace troupe::net::desk
