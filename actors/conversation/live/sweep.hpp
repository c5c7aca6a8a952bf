#pragma once

#include <memory>

#include "actors/conversation/live/courier.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "config/agent_store.hpp"

namespace troupe::actors::conversation {

/// What expiry works with. All are needed.
struct sweep_services {
  std::shared_ptr<const courier> orders;
  std::shared_ptr<reader_pool> readers;
  std::shared_ptr<const clock> time;
  std::shared_ptr<const config::agent_store> agents;
};

/// Tells conversations to expire in which nothing was said for their agent's time to live: at most some hundred of each
/// agent at a time, so that they don't crowd memory. Call it now and then. Any thread; returns at once.
void expire_idle_ones(const sweep_services& with);

} // namespace troupe::actors::conversation
