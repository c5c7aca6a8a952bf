#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "actors/api/probe.hpp"
#include "actors/api/rate_limiter.hpp"
#include "actors/api/storage_health.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/ids.hpp"
#include "actors/runtime/journal_queue.hpp"
#include "actors/tenancy/messages.hpp"
#include "net/http/router.hpp"

namespace troupe::actors::api {

/// What the webhook's door works with. All are needed.
struct webhook_services {
  std::shared_ptr<const tenant_directory> tenants;
  std::shared_ptr<journal_queue> journal;
  std::shared_ptr<id_source> ids;
  std::shared_ptr<const clock> time;
  std::shared_ptr<rate_limiter> deliveries; ///< by tenant
  std::shared_ptr<rate_limiter> failures;   ///< by source address
  std::shared_ptr<webhook_probe> probe;
  std::shared_ptr<storage_health> health;
  /// Hears of each job that has become durable. Any thread; must be cheap.
  std::function<void(job_hint_ptr)> accepted;
  /// Whether anybody wants to hear of them now; who doesn't finds them in the database.
  std::shared_ptr<const std::atomic<bool>> wanted;
};

/// Refused deliveries of one source address that are answered 401 before they are answered 429, per minute.
inline constexpr unsigned failures_per_minute = 60;

/// How long a delivery is remembered: with an id of its own, and by its content.
inline constexpr std::chrono::hours delivery_id_memory{7 * 24};
inline constexpr std::chrono::hours delivery_content_memory{24};

/// Handles `POST /webhook/servicedesk`. Checks in this order: JSON, tenant and signature with its time (one and the
/// same 401), the tenant's rate limit (429), fields (400). Answers 202 once the job is durable, 503 when it can't be
/// stored.
net::http::handler webhook_handler(webhook_services services);

} // namespace troupe::actors::api
