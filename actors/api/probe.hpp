#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "config/metrics.hpp"

namespace troupe::actors::api {

/// How a delivery was answered.
enum class webhook_ending : unsigned char {
  accepted,
  duplicate,
  unreadable,
  unauthorized,
  limited,
  invalid,
  unavailable
};

std::string_view to_string(webhook_ending ending) noexcept;

/// `troupe_webhooks_total{tenant_id,outcome}`; deliveries that no tenant signed count for the tenant `unknown`.
/// Any thread; look-ups of a tenant's counters are cached.
class webhook_probe {
public:
  explicit webhook_probe(config::metrics& metrics);
  ~webhook_probe();

  void ended(std::string_view tenant, webhook_ending ending);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::actors::api
