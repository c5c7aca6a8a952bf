#include "actors/api/conversations.hpp"

#include <algorithm>
#include <utility>

#include "actors/conversation/live/effects.hpp"
#include "actors/conversation/live/live_port.hpp"
#include "actors/conversation/live/observer.hpp"
#include "actors/conversation/live/sweep.hpp"

namespace troupe::actors::api {

namespace {

std::shared_ptr<conversation::hub> make_hub(parts& of, const std::shared_ptr<conversation::courier>& orders,
                                            const std::shared_ptr<conversation::conversation_probe>& probe) {
  return std::make_shared<conversation::hub>(
      of.readers,
      [orders](const storage::entity_key& which, auto look, auto lost) {
        orders->inspect(which, std::move(look), std::move(lost));
      },
      [probe](std::size_t active) { probe->active(active); });
}

std::shared_ptr<const entity_services<conversation::conversation_core>>
make_entities(parts& of, const std::shared_ptr<conversation::hub>& followers,
              const std::shared_ptr<conversation::conversation_probe>& probe,
              const std::shared_ptr<std::atomic<std::size_t>>& live) {
  auto result = std::make_shared<entity_services<conversation::conversation_core>>();
  result->core = of.talk;
  result->time = of.time;
  result->chance = of.chance;
  result->journal = of.journal;
  result->readers = of.readers;
  result->timers = of.timers;
  result->effects = std::make_shared<conversation::conversation_effects>(followers, of.models);
  result->observer = std::make_shared<conversation::conversation_observer>(followers, probe);
  result->linger = [settings = of.settings, live] { return linger_of(settings->conversations, live->load()); };
  return result;
}

} // namespace

std::chrono::milliseconds linger_of(const config::conversation_limits& limits, std::size_t live) {
  const auto used = static_cast<double>(live) / static_cast<double>(limits.in_memory);
  return std::chrono::duration_cast<std::chrono::milliseconds>(limits.idle_time * std::clamp(2 * (1 - used), 0.0, 1.0));
}

void make_conversations(parts& of) {
  const auto probe = std::make_shared<conversation::conversation_probe>(of.metrics, of.talk->models);
  const auto orders = std::make_shared<conversation::courier>(of.registry, of.second_tries);
  const auto followers = make_hub(of, orders, probe);
  auto lives = std::make_shared<conversation_services>();
  lives->entities = make_entities(of, followers, probe, lives->live);
  lives->ended = [followers](const storage::entity_key& which, std::string_view for_good) {
    followers->fell_asleep(which, for_good);
  };
  lives->counted = [probe](std::size_t in_memory) { probe->in_memory(in_memory); };
  of.expire_conversations = [with = conversation::sweep_services{orders, of.readers, of.time, of.agents}] {
    conversation::expire_idle_ones(with);
  };
  of.conversation_lives = std::move(lives);
  of.conversations = conversation::make_port(
      {orders, followers, of.readers, of.journal, of.ids, of.time, of.chance, of.agents, of.talk, probe});
}

caf::behavior agent_keeper(caf::event_based_actor* self, std::shared_ptr<config::agent_store> agents,
                           std::chrono::milliseconds period) {
  self->delayed_send(self, period, tick{});
  return {
      [self, agents = std::move(agents), period](const tick&) {
        agents->refresh();
        self->delayed_send(self, period, tick{});
      },
  };
}

} // namespace troupe::actors::api
