#include "actors/tenancy/tenants.hpp"

#include <utility>

#include "actors/runtime/spawn.hpp"

namespace troupe::actors {

namespace {

/// A tenant's crash loop must never end the supervisor of the others: it is slowed down, not given up.
constexpr supervisor_settings patient{restart_strategy::one_for_one, 1'000'000, milliseconds{10'000}, milliseconds{100},
                                      milliseconds{60'000}};

constexpr milliseconds look_again{200};

} // namespace

tenants_state::tenants_state(pointer self) : self_{self} {
  // nop
}

void tenants_state::configure(std::shared_ptr<tenant_registry> registry,
                              std::shared_ptr<const tenant_services> services, tenant_table_ptr table) {
  registry_ = std::move(registry);
  services_ = std::move(services);
  table_ = std::make_shared<const tenant_table>();
  children_ = std::make_unique<supervision>(self_, patient, *services_->chance, services_->restarts);
  children_->equip();
  for (const auto* kind : {tenant_state::name, ticket::job_core::name, conversation::conversation_core::name})
    services_->restarts->known(kind);
  update(std::move(table));
}

void tenants_state::update(tenant_table_ptr table) {
  // Nothing new is known: those that wait for their place are tried again.
  const auto before = table ? std::exchange(table_, std::move(table)) : table_;
  before->for_each([this](const tenant_ptr& old) {
    if (!table_->find(old->id)) {
      children_->stop(old->id);
      registry_->forget(old->id);
    }
  });
  table_->for_each([&](const tenant_ptr& now) {
    const auto old = before->find(now->id);
    if (!old || waiting_.erase(now->id) > 0)
      start(now);
    else if (old->updated_at != now->updated_at)
      if (auto life = registry_->find(now->id))
        self_->send(life, atom::configure_v, now);
  });
}

void tenants_state::start(const tenant_ptr& settings) {
  // A restart must see the settings of its moment, not those of the first start.
  auto latest = [this, id = settings->id] { return table_->find(id); };
  auto spec = supervised(
      settings->id, registry_->cell(settings->id), [latest, services = services_, settings](caf::actor_system& system) {
        auto now = latest();
        return spawn_named(system, {.name = tenant_state::name}, tenant, now ? now : settings, services);
      });
  spec.label = tenant_state::name;
  if (children_->start(std::move(spec)) || children_->stopping())
    return;
  // A removed tenant of the same name hasn't ended yet.
  waiting_.insert(settings->id);
  self_->delayed_send(self_, look_again, atom::configure_v, tenant_table_ptr{});
}

void tenants_state::park() {
  table_->for_each([this](const tenant_ptr& each) {
    if (auto life = registry_->find(each->id))
      self_->send(life, atom::park_v);
  });
}

void tenants_state::on_tick(const tick& what) {
  children_->on_tick(what);
}

tenants_actor::behavior_type tenants(tenants_actor::stateful_pointer<tenants_state> self,
                                     std::shared_ptr<tenant_registry> registry,
                                     std::shared_ptr<const tenant_services> services, tenant_table_ptr table) {
  self->state.configure(std::move(registry), std::move(services), std::move(table));
  return {
      [self](atom::configure, tenant_table_ptr& changed) { self->state.update(std::move(changed)); },
      [self](atom::park) { self->state.park(); },
      [self](const tick& what) { self->state.on_tick(what); },
  };
}

} // namespace troupe::actors
