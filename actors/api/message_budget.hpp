#pragma once

#include <chrono>
#include <optional>

#include "actors/api/auth.hpp"

namespace troupe::actors::api {

/// What a user may say in a minute. Only messages that were taken count; what was refused, or known already, counts as
/// a request, and as a message too once no requests are left: floods end either way. Any thread.
class message_budget {
public:
  /// Each with the limiter and the limit of its kind.
  message_budget(const auth_services& messages, const auth_services& requests)
      : messages_{messages}, requests_{requests} {}

  /// One message. Takes nothing and returns how long until there is one when there is none.
  std::optional<std::chrono::nanoseconds> take(std::string_view tenant, std::string_view user) const {
    return messages_.requests->take(user_key(tenant, user), messages_.requests_per_minute, messages_.time->monotonic());
  }

  /// What the last message was taken for is none.
  void give_back(std::string_view tenant, std::string_view user) const {
    const auto key = user_key(tenant, user);
    if (!requests_.requests->take(key, requests_.requests_per_minute, requests_.time->monotonic()))
      messages_.requests->give_back(key, messages_.requests_per_minute);
  }

private:
  auth_services messages_;
  auth_services requests_;
};

} // namespace troupe::actors::api
