#include "actors/tenancy/conversations.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>

#include "actors/runtime/spawn.hpp"
#include "config/log.hpp"

namespace troupe::actors {

namespace {

constexpr std::size_t page = 256;
constexpr std::chrono::seconds look_again{2};

/// Sends the tenant an order that only starts a conversation; the empty id = to look for busy ones.
void send_start(const caf::actor& tenant, std::string id) {
  auto order = std::make_shared<conversation_order>();
  order->id = std::move(id);
  caf::anon_send(tenant, atom::converse_v, conversation_order_ptr{std::move(order)});
}

void send_start_later(const caf::actor& tenant, std::string id, std::chrono::nanoseconds wait) {
  auto order = std::make_shared<conversation_order>();
  order->id = std::move(id);
  caf::delayed_anon_send(tenant, wait, atom::converse_v, conversation_order_ptr{std::move(order)});
}

} // namespace

tenant_conversations::tenant_conversations(caf::scheduled_actor* self, std::string tenant, supervision& children,
                                           std::shared_ptr<const conversation_services> services,
                                           std::shared_ptr<supervisor_probe> probe)
    : self_{self}, tenant_{std::move(tenant)}, children_{children}, services_{std::move(services)}, probe_{std::move(
                                                                                                        probe)} {
  wake_busy_ones();
}

tenant_conversations::~tenant_conversations() {
  count(-static_cast<std::ptrdiff_t>(live_.size()));
  for (const auto& [id, life] : live_)
    services_->ended(key_of(id), {});
}

void tenant_conversations::take(const conversation_order& what) {
  if (parked_ || children_.stopping())
    return;
  if (what.id.empty())
    return wake_busy_ones();
  if (is_unreadable(what.id)) {
    if (what.command && what.command->done)
      std::exchange(what.command->done, {})({command_result::status::refused, "corrupt: its journal can't be read"});
    if (what.look)
      what.look->refuse("corrupt");
    return;
  }
  const auto found = live_.find(what.id);
  const auto life = found == live_.end() ? start(what.id) : found->second;
  if (what.command)
    caf::anon_send(life, what.command);
  if (what.look)
    caf::anon_send(life, what.look);
}

void tenant_conversations::park() {
  parked_ = true;
  for (const auto& [id, life] : live_)
    caf::anon_send_exit(life, caf::exit_reason::user_shutdown);
}

/// Those whose owner ended before they had dealt with everything.
void tenant_conversations::wake_busy_ones() {
  const auto me = caf::actor_cast<caf::actor>(self_);
  services_->entities->readers->run(
      [me, tenant = tenant_](storage::reader& db) {
        std::string after;
        for (;;) {
          const auto found = db.busy_conversations(tenant, page, after);
          for (const auto& each : found)
            send_start(me, each.id);
          if (found.size() < page)
            return;
          after = found.back().id;
        }
      },
      [me](const storage::error&) { send_start_later(me, {}, look_again); });
}

void tenant_conversations::count(std::ptrdiff_t change) const {
  const auto by = static_cast<std::size_t>(change); // wraps around, as it must
  const auto now_live = services_->live->fetch_add(by) + by;
  if (services_->counted)
    services_->counted(now_live);
}

bool tenant_conversations::is_unreadable(const std::string& id) {
  const auto found = unreadable_.find(id);
  if (found == unreadable_.end())
    return false;
  if (found->second > now())
    return true;
  unreadable_.erase(found);
  return false;
}

entity_actor<tenant_conversations::core> tenant_conversations::start(const std::string& id) {
  entity_start<core> begin;
  begin.key = key_of(id);
  auto life = spawn_entity<core>(self_->system(), services_->entities, std::move(begin));
  live_.emplace(id, life);
  count(1);
  children_.adopt(caf::actor_cast<caf::actor>(life), [this, id](const caf::error& reason) { on_end(id, reason); });
  return life;
}

void tenant_conversations::on_end(const std::string& id, const caf::error& reason) {
  live_.erase(id);
  count(-1);
  std::string_view for_good;
  if (ended_well(reason) || children_.stopping()) {
    crashes_.erase(id);
  } else if (reason == runtime_ec::corrupt) {
    unreadable_[id] = now() + services_->unreadable;
    for_good = "corrupt";
    config::log::error("conversation_unreadable", "a conversation's journal can't be read",
                       {{"tenant_id", tenant_}, {"conversation_id", id}, {"reason", describe(reason)}});
  } else if (!plan_restart(id, reason)) {
    for_good = "crashed";
  }
  services_->ended(key_of(id), for_good);
}

/// False when it has crashed too often. Who was superseded goes on as well: its own append may have come through
/// unheard.
bool tenant_conversations::plan_restart(const std::string& id, const caf::error& reason) {
  if (probe_)
    probe_->restarted(core::name, reason_label(reason));
  auto& record = crashes_[id];
  if (now() - record.last > services_->steady)
    record.count = 0;
  record.last = now();
  ++record.count;
  config::log::error(
      "conversation_crashed", "a conversation's actor ended badly",
      {{"tenant_id", tenant_}, {"conversation_id", id}, {"reason", describe(reason)}, {"crashes", record.count}});
  if (record.count > services_->max_crashes) {
    crashes_.erase(id);
    return false;
  }
  send_start_later(caf::actor_cast<caf::actor>(self_), id,
                   services_->crash_pause * (1u << std::min(record.count - 1, 10u)));
  return true;
}

} // namespace troupe::actors
