#pragma once

#include <chrono>
#include <variant>

#include "config/secret.hpp"
#include "net/desk/connector.hpp"
#include "net/http/client.hpp"

namespace troupe::net::desk {

struct access_token {
  config::secret value;
  std::chrono::seconds lifetime{};
};

/// What an accounts server answers to a refresh. It says 200 to errors as well.
std::variant<access_token, desk_failure> read_token(const http::call_result& result,
                                                    std::chrono::system_clock::time_point now);

} // namespace troupe::net::desk
