#pragma once

#include <memory>

#include "actors/runtime/entity.hpp"
#include "actors/ticket/job_core.hpp"
#include "config/metrics.hpp"

namespace troupe::actors::ticket {

/// Counts and logs what ticket jobs do: `enhancement_requests_total{tenant_id,status}`,
/// `enhancement_duration_seconds{tenant_id}`, `enhancement_success_rate{tenant_id}`,
/// `enhancement_step_failures_total{tenant_id,operation_type}`. Never logs ticket text. Any thread.
class job_observer final : public entity_observer<job_core> {
public:
  explicit job_observer(config::metrics& metrics);
  ~job_observer() override;

  void committed(const storage::entity_key& key, const job_state& state, const std::vector<job_event>& events,
                 std::uint64_t number, storage::timestamp at) override;

  void append_delayed(const storage::entity_key& key, storage::fault why, std::chrono::milliseconds wait) override;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::actors::ticket
