#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/runtime/clock.hpp"
#include "actors/runtime/fair_queue.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "actors/tenancy/messages.hpp"
#include "actors/tenancy/probe.hpp"
#include "actors/tenancy/registry.hpp"

namespace troupe::actors {

using intake_actor = caf::typed_actor<
    /// A job was accepted and is durable. Sent by the webhook's route; one that finds no room waits in the database.
    caf::reacts_to<atom::run_job, job_hint_ptr>,
    /// What the database holds. Sent by the reader pool.
    caf::reacts_to<atom::fetched, due_jobs_ptr>,
    /// A job has left memory. Sent by its tenant.
    caf::reacts_to<atom::ended, job_end_ptr>,
    /// Look into the database soon: a job was made due, or a tenant resumed. Sent by routes and the directory.
    caf::reacts_to<atom::look>,
    /// Start nothing more. Sent when the engine stops.
    caf::reacts_to<atom::park>,
    /// Its own clockwork.
    caf::reacts_to<tick>>;

struct intake_settings {
  std::size_t max_in_flight = 96;               ///< jobs in memory at a time
  std::size_t max_in_flight_per_tenant = 0;     ///< 0 = only the limit above
  std::size_t queue_limit = 1'024;              ///< accepted jobs kept in memory until there is room
  std::size_t fetch = 256;                      ///< jobs per look into the database
  std::chrono::milliseconds poll{1'000};        ///< the longest time between two looks
  unsigned max_crashes = 5;                     ///< of one job, after which it is given up
  std::chrono::milliseconds crash_pause{1'000}; ///< before a crashed job's next life; doubles each time
};

/// What the intake works with. All are needed.
struct intake_services {
  std::shared_ptr<const tenant_directory> tenants;
  std::shared_ptr<const tenant_registry> registry;
  std::shared_ptr<reader_pool> readers;
  std::shared_ptr<const clock> time;
  std::shared_ptr<intake_probe> probe;
  /// Writes into a job's journal that it is given up, since no life of it survives. Any thread.
  std::function<void(const std::string& tenant, const std::string& id, const std::string& reason)> give_up;
  /// Whether the intake has room for jobs just accepted. While it hasn't, telling it of them is in vain.
  std::shared_ptr<std::atomic<bool>> room = std::make_shared<std::atomic<bool>>(true);
};

class intake_state {
public:
  static inline constexpr const char* name = "intake";

  using pointer = intake_actor::stateful_pointer<intake_state>;

  explicit intake_state(pointer self);

  void configure(intake_settings settings, intake_services services);

  void accept(job_hint_ptr what);
  void on_fetched(const due_jobs& what);
  void on_ended(const job_end& what);
  void look_soon();
  void park();
  void on_tick();
  void on_tenant_down(caf::actor_id who);

private:
  /// A job whose last life ended badly.
  struct crash_record {
    std::string tenant;
    unsigned count = 0;
    bool waiting = true; ///< for its next life; else that runs
    storage::timestamp next_life{};
  };

  /// A job stays in the database: the next look finds it.
  void leave_in_database();
  void start_jobs();
  void start(job_hint_ptr what);
  bool may_start(const std::string& tenant) const;
  bool knows(const std::string& id) const;
  void fetch_if_needed(bool dry);
  /// Lets go of jobs whose tenant was paused or removed: the database has them.
  void forget_unservable();
  void revive_crashed();
  void on_crash(const std::string& tenant, const std::string& id, const std::string& reason);
  void watch(const std::string& tenant, const tenant_actor& life);

  pointer self_;
  intake_settings settings_;
  intake_services services_;
  fair_queue<job_hint_ptr, 4> ready_{0};
  std::unordered_set<std::string> queued_;                  // jobs in `ready_`
  std::unordered_map<std::string, std::string> in_flight_;  // job -> tenant
  std::unordered_map<std::string, std::size_t> per_tenant_; // jobs in flight
  std::unordered_map<std::string, crash_record> crashes_;   // by job
  std::unordered_map<caf::actor_id, std::string> watched_;  // tenants' actors
  bool more_in_database_ = true;
  bool fetching_ = false;
  bool look_again_ = false; // something became due while a look was under way
  bool parked_ = false;
};

/// Hands due jobs to their tenants: as many at a time as the settings allow, tenants in turn, urgent jobs first. Jobs
/// wait in the database; only a bounded number of just accepted ones wait here. Runs on the scheduler; never blocks.
intake_actor::behavior_type intake(intake_actor::stateful_pointer<intake_state> self, intake_settings settings,
                                   intake_services services);

} // namespace troupe::actors
