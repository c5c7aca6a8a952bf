#include "actors/conversation/live/sweep.hpp"

#include <string>
#include <utility>
#include <vector>

#include "config/log.hpp"

namespace troupe::actors::conversation {

namespace {

constexpr std::size_t page = 256;

void expire_those(const sweep_services& with, storage::idle_filter which) {
  which.limit = page;
  with.readers->run(
      [orders = with.orders, which = std::move(which)](storage::reader& db) {
        for (const auto& idle : db.idle_conversations(which))
          orders->tell({idle.tenant, storage::entity_kind::conversation, idle.id}, expire{}, {});
      },
      [](const storage::error& why) {
        config::log::warn("expiry_failed", "idle conversations could not be looked for; tried again later",
                          {{"error", why.what()}});
      });
}

} // namespace

void expire_idle_ones(const sweep_services& with) {
  const auto now = with.time->now();
  const auto agents = with.agents->agents();
  storage::idle_filter others;
  others.before = now - usual_time_to_live;
  for (const auto& [name, agent] : *agents) {
    others.except.push_back(name);
    storage::idle_filter own;
    own.agent = name;
    own.before = now - agent.definition->time_to_live;
    expire_those(with, std::move(own));
  }
  expire_those(with, std::move(others));
}

} // namespace troupe::actors::conversation
