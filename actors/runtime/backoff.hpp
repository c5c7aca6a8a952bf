#pragma once

#include <algorithm>
#include <chrono>

namespace troupe::actors {

/// Exponential back-off with full jitter: even in [0, min(limit, base * 2^tries)).
/// @param tries failures before this one
/// @param chance even in [0, 1)
inline std::chrono::milliseconds backoff(std::chrono::milliseconds base, std::chrono::milliseconds limit,
                                         unsigned tries, double chance) noexcept {
  const auto range = std::min(limit, base * (std::int64_t{1} << std::min(tries, 20U)));
  return std::chrono::milliseconds{static_cast<std::int64_t>(static_cast<double>(range.count()) * chance)};
}

} // namespace troupe::actors
