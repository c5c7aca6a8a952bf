#include "actors/tenancy/intake.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <caf/send.hpp>

#include "config/log.hpp"

namespace troupe::actors {

intake_state::intake_state(pointer self) : self_{self} {
  // nop
}

void intake_state::configure(intake_settings settings, intake_services services) {
  settings_ = settings;
  services_ = std::move(services);
  ready_ = fair_queue<job_hint_ptr, 4>{settings_.queue_limit};
  self_->set_down_handler([this](const caf::down_msg& what) { on_tenant_down(what.source.id()); });
  on_tick();
}

void intake_state::accept(job_hint_ptr what) {
  if (parked_ || knows(what->id))
    return;
  // Who can't be served now must not fill the queue, and while others wait in the database a newcomer joins them, so
  // that nobody is overtaken for ever.
  if (!may_start(what->tenant)) {
    more_in_database_ = true;
    return;
  }
  if (more_in_database_ && ready_.size() >= settings_.fetch / 2)
    return leave_in_database();
  const auto level = static_cast<std::size_t>(what->priority);
  if (!ready_.push(what->tenant, what, level))
    return leave_in_database();
  queued_.insert(what->id);
  start_jobs();
}

void intake_state::leave_in_database() {
  more_in_database_ = true;
  look_again_ = fetching_; // the look under way may have been too early for it
  services_.room->store(false);
}

bool intake_state::knows(const std::string& id) const {
  return in_flight_.contains(id) || queued_.contains(id);
}

bool intake_state::may_start(const std::string& tenant) const {
  if (settings_.max_in_flight_per_tenant != 0) {
    const auto found = per_tenant_.find(tenant);
    if (found != per_tenant_.end() && found->second >= settings_.max_in_flight_per_tenant)
      return false;
  }
  const auto settings = services_.tenants->find(tenant);
  return settings && !settings->paused && services_.registry->find(tenant);
}

void intake_state::start_jobs() {
  const auto may = [this](const std::string& tenant) { return may_start(tenant); };
  bool dry = false; // nothing that waits here can be served
  while (!parked_ && in_flight_.size() < settings_.max_in_flight) {
    auto next = ready_.pop(may);
    dry = !next;
    if (dry)
      break;
    queued_.erase((*next)->id);
    start(std::move(*next));
  }
  services_.probe->load(in_flight_.size(), ready_.size());
  fetch_if_needed(dry);
}

void intake_state::start(job_hint_ptr what) {
  const auto tenant = services_.registry->find(what->tenant);
  if (!tenant) {
    // Its actor is being restarted. The database has the job, or the record of its crash.
    more_in_database_ = true;
    if (const auto crashed = crashes_.find(what->id); crashed != crashes_.end())
      crashed->second.waiting = true;
    return;
  }
  watch(what->tenant, tenant);
  in_flight_.emplace(what->id, what->tenant);
  ++per_tenant_[what->tenant];
  self_->send(tenant, atom::run_job_v, std::move(what));
}

void intake_state::watch(const std::string& tenant, const tenant_actor& life) {
  if (watched_.emplace(life.id(), tenant).second)
    self_->monitor(life);
}

void intake_state::on_tenant_down(caf::actor_id who) {
  const auto found = watched_.find(who);
  if (found == watched_.end())
    return;
  const auto tenant = std::move(found->second);
  watched_.erase(found);
  // That their tenant died is no fault of theirs: it doesn't count among their crashes.
  std::erase_if(in_flight_, [&](const auto& entry) {
    if (entry.second != tenant)
      return false;
    auto& record = crashes_[entry.first];
    record.tenant = tenant;
    record.waiting = true;
    record.next_life = services_.time->now() + settings_.crash_pause;
    return true;
  });
  per_tenant_.erase(tenant);
  start_jobs();
}

void intake_state::fetch_if_needed(bool dry) {
  // Fetched ahead of need: under a flood of newcomers there never is a moment without any.
  if (parked_ || fetching_ || !more_in_database_ || (!dry && ready_.size() >= settings_.fetch / 2))
    return;
  fetching_ = true;
  look_again_ = false;
  services_.room->store(true); // what is accepted from here on may be missed by this look
  auto known = std::make_shared<std::unordered_set<std::string>>(queued_);
  for (const auto& [job, tenant] : in_flight_)
    known->insert(job);
  for (const auto& [job, record] : crashes_)
    known->insert(job);
  auto me = intake_actor{self_};
  services_.readers->run(
      [me, known, now = services_.time->now(), limit = settings_.fetch](storage::reader& db) {
        auto found = std::make_shared<due_jobs>();
        found->jobs = db.due_jobs(now, limit, [&](std::string_view id) { return known->contains(std::string{id}); });
        caf::anon_send(me, atom::fetched_v, due_jobs_ptr{std::move(found)});
      },
      [me](const storage::error&) {
        auto found = std::make_shared<due_jobs>();
        found->failed = true;
        caf::anon_send(me, atom::fetched_v, due_jobs_ptr{std::move(found)});
      });
}

void intake_state::on_fetched(const due_jobs& what) {
  fetching_ = false;
  // After a failure the next tick looks again.
  more_in_database_ = !what.failed && what.jobs.size() >= settings_.fetch;
  bool found = false;
  for (const auto& job : what.jobs) {
    if (knows(job.id) || crashes_.contains(job.id) || !may_start(job.tenant))
      continue;
    found = true;
    auto hint = std::make_shared<job_hint>();
    hint->tenant = job.tenant;
    hint->id = job.id;
    // The database has put them in order: one level keeps it.
    if (!ready_.push(job.tenant, hint, static_cast<std::size_t>(hint->priority))) {
      more_in_database_ = true;
      break;
    }
    queued_.insert(job.id);
  }
  // Jobs that nobody can start now come with the next tick, end or change of a tenant.
  more_in_database_ = (more_in_database_ && found) || std::exchange(look_again_, false);
  start_jobs();
}

void intake_state::look_soon() {
  look_again_ = fetching_;
  more_in_database_ = true;
  start_jobs();
}

void intake_state::on_ended(const job_end& what) {
  if (in_flight_.erase(what.id) > 0) {
    if (auto count = per_tenant_.find(what.tenant); count != per_tenant_.end() && --count->second == 0)
      per_tenant_.erase(count);
  } else if (!what.crashed || queued_.contains(what.id)) {
    return; // begun by a former intake
  }
  // A tenant that was at its own limit has room again; its jobs wait in the database.
  if (settings_.max_in_flight_per_tenant != 0)
    more_in_database_ = true;
  if (what.crashed)
    on_crash(what.tenant, what.id, what.reason);
  else
    crashes_.erase(what.id);
  start_jobs();
}

void intake_state::on_crash(const std::string& tenant, const std::string& id, const std::string& reason) {
  auto& record = crashes_[id];
  record.tenant = tenant;
  record.waiting = true;
  ++record.count;
  record.next_life = services_.time->now() + settings_.crash_pause * (1u << std::min(record.count - 1, 10u));
  config::log::error("job_crashed", "a job's actor ended badly",
                     {{"tenant_id", tenant}, {"job_id", id}, {"reason", reason}, {"crashes", record.count}});
  if (record.count < settings_.max_crashes)
    return;
  services_.probe->gave_up();
  services_.give_up(tenant, id, reason);
  crashes_.erase(id);
}

void intake_state::revive_crashed() {
  const auto now = services_.time->now();
  for (auto& [id, record] : crashes_) {
    if (!record.waiting || record.next_life > now || knows(id))
      continue;
    auto hint = std::make_shared<job_hint>();
    hint->tenant = record.tenant;
    hint->id = id;
    if (!ready_.push(record.tenant, std::move(hint), static_cast<std::size_t>(storage::priority::medium)))
      return;
    queued_.insert(id);
    record.waiting = false;
  }
}

void intake_state::forget_unservable() {
  std::erase_if(crashes_, [this](const auto& entry) { return !services_.tenants->find(entry.second.tenant); });
  const auto idle = [this](const std::string& tenant) {
    const auto settings = services_.tenants->find(tenant);
    return !settings || settings->paused;
  };
  while (auto left = ready_.pop(idle)) {
    queued_.erase((*left)->id);
    if (const auto crashed = crashes_.find((*left)->id); crashed != crashes_.end())
      crashed->second.waiting = true;
  }
}

void intake_state::park() {
  parked_ = true;
  services_.probe->load(in_flight_.size(), ready_.size());
}

void intake_state::on_tick() {
  if (parked_)
    return;
  forget_unservable();
  revive_crashed();
  more_in_database_ = true;
  start_jobs();
  self_->delayed_send(self_, settings_.poll, tick{});
}

intake_actor::behavior_type intake(intake_actor::stateful_pointer<intake_state> self, intake_settings settings,
                                   intake_services services) {
  self->state.configure(settings, std::move(services));
  return {
      [self](atom::run_job, job_hint_ptr& what) { self->state.accept(std::move(what)); },
      [self](atom::fetched, const due_jobs_ptr& what) { self->state.on_fetched(*what); },
      [self](atom::ended, const job_end_ptr& what) { self->state.on_ended(*what); },
      [self](atom::look) { self->state.look_soon(); },
      [self](atom::park) { self->state.park(); },
      [self](const tick&) { self->state.on_tick(); },
  };
}

} // namespace troupe::actors
