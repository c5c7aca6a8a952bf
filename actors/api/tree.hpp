#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include "actors/api/parts.hpp"
#include "actors/runtime/system_config.hpp"

namespace troupe::actors::api {

/// The scheduler's settings with the message types of all subsystems.
struct engine_config : system_config {
  engine_config();
};

/// Takes over what a former process left: its running jobs become due, and the tenants are read. Blocks. Call before
/// the tree is started; throws `storage::error`.
/// @return jobs that go on
std::size_t take_over(parts& of);

/// Tells all jobs and conversations to start nothing more, finish what they can't take back, and leave memory;
/// `live_jobs` and `conversation_lives->live` tell when they have. Any thread.
void park_jobs(parts& of);

/// Starts the engine's supervision tree: storage, services, tenants, intake, each a child of the root, rest for one.
/// @param of must outlive the tree
/// @return the root; stop it with `stop_tree_and_wait`
caf::actor start_tree(caf::actor_system& system, parts& of);

/// How many jobs may be in memory at a time: as set, or by what the first provider of the chain takes at once, since
/// gathering context for jobs that then wait for a model gains nothing.
std::size_t jobs_in_flight(const config::settings& settings);

} // namespace troupe::actors::api
