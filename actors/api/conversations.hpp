#pragma once

#include "actors/api/parts.hpp"

namespace troupe::actors::api {

/// Makes what the engine's conversations need, and the port by which routes reach them. Call before routes are made.
void make_conversations(parts& of);

/// How long a conversation that nobody uses stays in memory: `idle_time` while less than half of `in_memory` are there,
/// then less and less, down to nothing.
/// @param live conversations in memory
std::chrono::milliseconds linger_of(const config::conversation_limits& limits, std::size_t live);

/// Reads agents' files that have changed, again and again. Blocks on the disk: spawn it detached.
caf::behavior agent_keeper(caf::event_based_actor* self, std::shared_ptr<config::agent_store> agents,
                           std::chrono::milliseconds period);

} // namespace troupe::actors::api
