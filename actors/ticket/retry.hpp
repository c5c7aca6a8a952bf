#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "config/workflow.hpp"
#include "net/desk/connector.hpp"

namespace troupe::actors::ticket {

/// Whether the same request may succeed later.
bool repeatable(net::desk::desk_fault fault);

/// Whether nothing was sent because the desk is being spared, which is no failed attempt.
bool is_put_off(net::desk::desk_fault fault);

/// How long to wait before the next try: exponential back-off with full jitter ("Exponential Backoff And Jitter", AWS
/// Architecture Blog, 2015), and no less than the other side asked for, though it can't ask for more than an hour.
/// @param tries made so far, at least 1
/// @param chance even in [0, 1)
std::chrono::milliseconds retry_delay(std::uint32_t tries, std::optional<std::chrono::milliseconds> retry_after,
                                      double chance, const config::ticket_workflow& settings);

} // namespace troupe::actors::ticket
