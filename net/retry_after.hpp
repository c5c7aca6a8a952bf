#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "net/http/message.hpp"

namespace troupe::net {

/// How long a response asks us to wait: `retry-after-ms`, else `Retry-After` in seconds (fractions allowed) or as an
/// HTTP date. From 0 to 300 s, whatever it says; nothing when it says nothing that can be understood.
std::optional<std::chrono::milliseconds> retry_after(const std::vector<http::header>& headers,
                                                     std::chrono::system_clock::time_point now);

} // namespace troupe::net
