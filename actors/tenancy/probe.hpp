#pragma once

#include <cstddef>
#include <memory>

#include "config/metrics.hpp"

namespace troupe::actors {

/// `worker_active_count` (jobs in memory), `troupe_intake_queue_depth` (accepted ones that wait in memory),
/// `troupe_jobs_given_up_total`. Any thread.
class intake_probe {
public:
  explicit intake_probe(config::metrics& metrics);
  ~intake_probe();

  void load(std::size_t running, std::size_t waiting);
  void gave_up();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::actors
