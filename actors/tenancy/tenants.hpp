#pragma once

#include <memory>
#include <string>
#include <unordered_set>

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/runtime/supervision.hpp"
#include "actors/tenancy/registry.hpp"
#include "actors/tenancy/tenant.hpp"

namespace troupe::actors {

using tenants_actor = caf::typed_actor<
    /// The tenants as they stand now: new ones are started, changed ones told, removed ones stopped. Sent by
    /// `directory_keeper`. Null when nothing has changed: sent by itself.
    caf::reacts_to<atom::configure, tenant_table_ptr>,
    /// Passed on to each tenant. Sent when the engine stops.
    caf::reacts_to<atom::park>,
    /// Its own clockwork.
    caf::reacts_to<tick>>;

class tenants_state {
public:
  static inline constexpr const char* name = "tenants";

  using pointer = tenants_actor::stateful_pointer<tenants_state>;

  explicit tenants_state(pointer self);

  void configure(std::shared_ptr<tenant_registry> registry, std::shared_ptr<const tenant_services> services,
                 tenant_table_ptr table);
  void update(tenant_table_ptr table);
  void park();
  void on_tick(const tick& what);

private:
  void start(const tenant_ptr& settings);

  pointer self_;
  std::shared_ptr<tenant_registry> registry_;
  std::shared_ptr<const tenant_services> services_;
  tenant_table_ptr table_;
  std::unordered_set<std::string> waiting_; ///< new ones whose removed namesake still ends
  std::unique_ptr<supervision> children_;
};

/// The supervisor of all tenants, one for one: a tenant that keeps dying is restarted later and later and doesn't
/// disturb the others. Runs on the scheduler; never blocks.
/// @param table the tenants known at start
tenants_actor::behavior_type tenants(tenants_actor::stateful_pointer<tenants_state> self,
                                     std::shared_ptr<tenant_registry> registry,
                                     std::shared_ptr<const tenant_services> services, tenant_table_ptr table);

} // namespace troupe::actors
