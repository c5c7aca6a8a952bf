#include "actors/tenancy/tenant.hpp"

#include <tuple>
#include <utility>

#include "actors/runtime/messages.hpp"
#include "actors/runtime/spawn.hpp"

namespace troupe::actors {

namespace {

constexpr auto desk_name = "desk";

bool is_crash(const caf::error& reason) {
  return !ended_well(reason) && reason != runtime_ec::superseded;
}

} // namespace

tenant_state::tenant_state(pointer self) : self_{self} {
  // nop
}

tenant_state::~tenant_state() {
  if (!services_ || jobs_.empty())
    return;
  services_->live_jobs->fetch_sub(jobs_.size());
  // The intake sees to those that it started. Its former lives' may be among these.
  services_->orphaned();
}

void tenant_state::configure(tenant_ptr settings, std::shared_ptr<const tenant_services> services) {
  settings_ = std::move(settings);
  services_ = std::move(services);
  connector_ = std::make_shared<connector_ptr>(services_->connect(*settings_));
  job_services_ = services_->jobs(desk_);
  children_ = std::make_unique<supervision>(self_, supervisor_settings{}, *services_->chance, services_->restarts);
  children_->equip();
  children_->start(supervised(
      desk_name, desk_, [id = settings_->id, connector = connector_, services = services_](caf::actor_system& system) {
        return spawn_named(system, {.name = "desk"}, desk, id, *connector, services->desk, services->time);
      }));
  if (services_->conversations)
    conversations_ = std::make_unique<tenant_conversations>(self_, settings_->id, *children_, services_->conversations,
                                                            services_->restarts);
}

void tenant_state::reconfigure(tenant_ptr settings) {
  const auto before = std::exchange(settings_, std::move(settings));
  const auto address = [](const storage::tenant& of) {
    return std::tie(of.desk_kind, of.desk_url, of.desk_key.reveal(), of.desk_ca, of.desk_options);
  };
  if (address(*before) == address(*settings_))
    return;
  *connector_ = services_->connect(*settings_);
  if (auto life = desk_.get())
    self_->send(life, atom::connect_v, *connector_);
}

void tenant_state::run(job_hint_ptr what) {
  if (jobs_.contains(what->id) || children_->stopping())
    return;
  entity_start<ticket::job_core> start;
  start.key = {what->tenant, storage::entity_kind::ticket_job, what->id};
  start.known = std::move(what->known);
  const auto life = spawn_entity<ticket::job_core>(self_->system(), job_services_, std::move(start));
  jobs_.emplace(what->id, life);
  services_->live_jobs->fetch_add(1);
  children_->adopt(caf::actor_cast<caf::actor>(life),
                   [this, job = what->id](const caf::error& reason) { on_job_end(job, reason); });
}

void tenant_state::converse(const conversation_order& what) {
  if (conversations_)
    conversations_->take(what);
}

void tenant_state::on_job_end(const std::string& job, const caf::error& reason) {
  jobs_.erase(job);
  services_->live_jobs->fetch_sub(1);
  auto end = std::make_shared<job_end>();
  end->tenant = settings_->id;
  end->id = job;
  end->crashed = is_crash(reason);
  end->superseded = reason == runtime_ec::superseded;
  if (end->crashed) {
    end->reason = describe(reason);
    services_->restarts->restarted(ticket::job_core::name, reason_label(reason));
  }
  services_->ended(std::move(end));
}

void tenant_state::park() {
  for (const auto& [id, life] : jobs_)
    tell<ticket::job_core>(life, ticket::job_core::stop());
  if (conversations_)
    conversations_->park();
}

void tenant_state::on_tick(const tick& what) {
  children_->on_tick(what);
}

tenant_actor::behavior_type tenant(tenant_actor::stateful_pointer<tenant_state> self, tenant_ptr settings,
                                   std::shared_ptr<const tenant_services> services) {
  self->state.configure(std::move(settings), std::move(services));
  return {
      [self](atom::run_job, job_hint_ptr& what) { self->state.run(std::move(what)); },
      [self](atom::converse, const conversation_order_ptr& what) { self->state.converse(*what); },
      [self](atom::configure, tenant_ptr& changed) { self->state.reconfigure(std::move(changed)); },
      [self](atom::park) { self->state.park(); },
      [self](const tick& what) { self->state.on_tick(what); },
  };
}

} // namespace troupe::actors
