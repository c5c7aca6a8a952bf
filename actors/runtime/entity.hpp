#pragma once

#include <memory>
#include <utility>

#include "actors/runtime/entity_state.hpp"
#include "actors/runtime/entity_types.hpp"
#include "actors/runtime/spawn.hpp"

namespace troupe::actors {

/// The actor around a functional core: the only writer of its entity's journal.
/// - It reads its journal (again after a while when storage is unavailable), wakes the core, then deals with commands
/// one
///   at a time: decide, append with the expected number, run the effects once the events are durable.
/// - When storage is unavailable the append is tried again until it succeeds; commands that come meanwhile wait.
/// - It ends normally when the core is finished, and nobody has used it for as long as it lingers, or when an append
///   has erased it; with `superseded` when somebody else wrote to the journal; with
///   `corrupt` when the journal can't be read or written as it is. Its state is in the journal: ending loses nothing.
template <functional_core Core>
typename entity_actor<Core>::behavior_type
entity(typename entity_actor<Core>::template stateful_pointer<entity_state<Core>> self,
       std::shared_ptr<const entity_services<Core>> services, entity_start<Core> start) {
  self->set_exit_handler([self](caf::exit_msg& what) { self->state.on_exit(what.reason); });
  self->state.begin(std::move(services), std::move(start));
  return {
      [self](command_envelope_ptr<Core>& what) { self->state.receive(std::move(what)); },
      [self](inspection_ptr<Core>& what) { self->state.receive(std::move(what)); },
      [self](journal_read_ptr& what) { self->state.loaded(*what); },
      [self](returning_append_ptr& what) { self->state.appended(std::move(what)); },
      [self](timer_due what) { self->state.on_timer(what.token); },
  };
}

/// Spawns an entity. Whoever does should monitor it: its reason tells how its life ended.
template <functional_core Core>
entity_actor<Core> spawn_entity(caf::actor_system& system, std::shared_ptr<const entity_services<Core>> services,
                                entity_start<Core> start) {
  actor_options options{.name = Core::name,
                        .correlation_id = start.correlation_id.empty() ? start.key.id : start.correlation_id};
  return spawn_named(system, std::move(options), entity<Core>, std::move(services), std::move(start));
}

} // namespace troupe::actors
