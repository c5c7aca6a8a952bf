#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "net/http/message.hpp"

namespace troupe::actors::api {

/// Adds `Retry-After` in whole seconds, at least one.
inline net::http::response retry_after(net::http::response what, std::chrono::nanoseconds wait) {
  const auto seconds = std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count());
  what.headers.emplace_back("Retry-After", std::to_string(seconds));
  return what;
}

} // namespace troupe::actors::api
