#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/desk/desk.hpp"
#include "actors/runtime/entity.hpp"
#include "actors/runtime/handle_ref.hpp"
#include "actors/runtime/supervision.hpp"
#include "actors/tenancy/conversations.hpp"
#include "actors/tenancy/messages.hpp"
#include "actors/ticket/job_core.hpp"

namespace troupe::actors {

using tenant_actor = caf::typed_actor<
    /// Brings a job to life, unless it lives already. Sent by the intake.
    caf::reacts_to<atom::run_job, job_hint_ptr>,
    /// Tells or asks a conversation something, and brings it to life for that. Sent by `courier`, and by itself.
    caf::reacts_to<atom::converse, conversation_order_ptr>,
    /// The tenant's settings have changed. Sent by the tenants' supervisor.
    caf::reacts_to<atom::configure, tenant_ptr>,
    /// Its jobs and conversations start nothing more, finish what they can't take back, and leave. Sent when the engine
    /// stops.
    caf::reacts_to<atom::park>,
    /// Its own clockwork.
    caf::reacts_to<tick>>;

/// What all tenants share. All are needed but `conversations`.
struct tenant_services {
  /// A connector for the tenant's desk; null when its settings can't be used, which has been logged then.
  std::function<connector_ptr(const storage::tenant&)> connect;
  /// The services for the tenant's jobs, given where its desk is found.
  std::function<std::shared_ptr<const entity_services<ticket::job_core>>(handle_ref<desk_actor>)> jobs;
  /// Of the tenant's conversations; null = there are none.
  std::shared_ptr<const conversation_services> conversations;
  /// Hears each end of a job. Any thread.
  std::function<void(job_end_ptr)> ended;
  /// Hears that jobs may have lost their owner though the database calls them running. Any thread.
  std::function<void()> orphaned;
  /// Jobs in memory, of all tenants: what a graceful stop waits for.
  std::shared_ptr<std::atomic<std::size_t>> live_jobs;
  std::shared_ptr<const clock> time;
  std::shared_ptr<actors::random> chance;
  std::shared_ptr<supervisor_probe> restarts;
  desk_settings desk;
};

class tenant_state {
public:
  static inline constexpr const char* name = "tenant";

  using pointer = tenant_actor::stateful_pointer<tenant_state>;

  explicit tenant_state(pointer self);
  ~tenant_state();

  tenant_state(const tenant_state&) = delete;
  tenant_state& operator=(const tenant_state&) = delete;

  void configure(tenant_ptr settings, std::shared_ptr<const tenant_services> services);
  void reconfigure(tenant_ptr settings);
  void run(job_hint_ptr what);
  void converse(const conversation_order& what);
  void park();
  void on_tick(const tick& what);

private:
  void on_job_end(const std::string& job, const caf::error& reason);

  pointer self_;
  tenant_ptr settings_;
  std::shared_ptr<const tenant_services> services_;
  std::shared_ptr<connector_ptr> connector_; // read by each life of the desk's actor
  handle_ref<desk_actor> desk_;
  std::shared_ptr<const entity_services<ticket::job_core>> job_services_;
  std::unordered_map<std::string, entity_actor<ticket::job_core>> jobs_;
  std::unique_ptr<supervision> children_;
  std::unique_ptr<tenant_conversations> conversations_;
};

/// A tenant: supervises its desk's actor, its jobs and conversations, and nothing of anybody else. When it dies, these
/// die with it and come back from their journals. Runs on the scheduler; never blocks.
tenant_actor::behavior_type tenant(tenant_actor::stateful_pointer<tenant_state> self, tenant_ptr settings,
                                   std::shared_ptr<const tenant_services> services);

} // namespace troupe::actors
