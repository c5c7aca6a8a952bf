#include "actors/ticket/retry.hpp"

#include <algorithm>

namespace troupe::actors::ticket {

using std::chrono::milliseconds;

bool repeatable(net::desk::desk_fault fault) {
  switch (fault) {
  case net::desk::desk_fault::unavailable:
  case net::desk::desk_fault::rate_limited:
  case net::desk::desk_fault::unknown_outcome:
  case net::desk::desk_fault::held:
  case net::desk::desk_fault::circuit_open:
    return true;
  case net::desk::desk_fault::unauthorized:
  case net::desk::desk_fault::not_found:
  case net::desk::desk_fault::refused:
    return false;
  }
  return false;
}

bool is_put_off(net::desk::desk_fault fault) {
  return fault == net::desk::desk_fault::held || fault == net::desk::desk_fault::circuit_open;
}

milliseconds retry_delay(std::uint32_t tries, std::optional<milliseconds> retry_after, double chance,
                         const config::ticket_workflow& settings) {
  auto most = std::min(settings.backoff_base, settings.backoff_limit);
  for (std::uint32_t i = 1; i < tries && most < settings.backoff_limit; ++i)
    most = std::min(most * 2, settings.backoff_limit);
  const milliseconds jitter{static_cast<milliseconds::rep>(static_cast<double>(most.count()) * chance)};
  if (!retry_after)
    return jitter;
  // Those who were told the same time must not come back all at once.
  return std::clamp(*retry_after, milliseconds{0}, milliseconds{std::chrono::hours{1}}) + jitter;
}

} // namespace troupe::actors::ticket
