#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/api/authenticator.hpp"
#include "actors/api/storage_health.hpp"
#include "actors/runtime/journal_queue.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "config/metrics.hpp"
#include "config/settings.hpp"
#include "net/http/router.hpp"

namespace troupe::actors::api {

/// A part's health as JSON: `{"status":"healthy"|"degraded"|"unhealthy"|"off", …}`.
struct part_health {
  bool healthy = true;
  std::string json;
};

struct health_services {
  std::shared_ptr<reader_pool> readers;
  std::shared_ptr<journal_queue> journal;
  std::shared_ptr<storage_health> health;
  std::shared_ptr<std::atomic<bool>> ready; ///< false before the engine has started and once it stops
  config::metrics* metrics = nullptr;
  std::shared_ptr<const config::settings> settings;
  std::string workflow_version;
  std::shared_ptr<const authenticator> tokens;
};

/// Adds `/health`, `/health/live`, `/health/ready`, `/api/v1/health/{part}` and `/metrics`.
void add_health_routes(net::http::router& routes, health_services services);

} // namespace troupe::actors::api
