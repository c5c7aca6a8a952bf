#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/runtime/supervision.hpp"

namespace troupe::actors {

using child_spec_ptr = std::shared_ptr<child_spec>;

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::child_spec_ptr)

namespace troupe::actors {

using supervisor_actor = caf::typed_actor<
    /// The present life of a child. Errors: `unknown_child`, `child_down`.
    caf::replies_to<caf::get_atom, std::string>::with<caf::actor>,
    /// Starts one more child. Errors: `duplicate_child`, `stopped`.
    caf::replies_to<caf::add_atom, child_spec_ptr>::with<caf::actor>,
    /// Stops a child for good. Errors: `unknown_child`.
    caf::replies_to<caf::delete_atom, std::string>::with<void>,
    /// Its own clockwork.
    caf::reacts_to<tick>>;

struct supervisor_state {
  static inline constexpr const char* name = "supervisor";

  std::unique_ptr<supervision> children;
};

/// A supervisor with the children of `specs`, started in order. Runs on the scheduler; never blocks.
/// Supervisors are children of supervisors: one that gives up ends with `restart_intensity`, and its own supervisor
/// restarts the whole subtree.
/// @param chance must outlive the actor
supervisor_actor::behavior_type supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
                                           supervisor_settings settings, std::vector<child_spec> specs,
                                           std::reference_wrapper<random> chance,
                                           std::shared_ptr<supervisor_probe> probe);

/// Stops a tree: tells its root to exit, and kills it when it hasn't ended after `limit`.
/// @param done called once from an actor: true when the tree ended by itself
void stop_tree(caf::actor_system& system, caf::actor root, milliseconds limit, std::function<void(bool)> done);

/// The same, waiting for it; for the main thread, never for an actor or on the test scheduler.
bool stop_tree_and_wait(caf::actor_system& system, caf::actor root, milliseconds limit);

} // namespace troupe::actors
