#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/journal.hpp"
#include "storage/types.hpp"

namespace troupe::actors {

/// What a core may know of the world while it decides.
struct context {
  storage::timestamp now;
  double chance = 0;   ///< even in [0, 1): for jitter
  std::string_view id; ///< the entity's; outlives the call
};

/// What a core wants after a command. A core may bring its own type with these members.
template <class Event, class Effect>
struct decision {
  /// To be journaled in one append. None: nothing is written and all effects run at once.
  std::vector<Event> events;
  /// Run in order once the events are durable.
  std::vector<Effect> effects;
  /// Run without waiting for the events: only what harms nobody if they never become durable, such as reading.
  std::vector<Effect> early_effects;
  /// Why the command was refused, for whoever sent it; empty = it wasn't.
  std::string refusal;
};

/// An effect that the entity carries out itself: `then` is delivered after `after`. A timer of the same slot is
/// replaced. Timers end with the entity's life in memory.
template <class Command>
struct timer_order {
  std::uint32_t slot = 0;
  std::chrono::milliseconds after{0};
  /// None cancels the slot's timer.
  std::optional<Command> then;
};

/// The logic of one kind of entity, as static functions over plain structs: no actors, no I/O, no clock, no chance.
/// `decide` gets its command as an rvalue and may move from it. A throwing `decode` means a corrupt journal; throwing
/// anywhere else is a bug and ends the actor.
///
/// Types: `state` (default: before the first event), `event`, `command`, `effect`, `settings`, `context` (made from
/// time, chance and id, such as `actors::context`), `decision` (such as `actors::decision`).
///
/// Optional functions, used where they exist:
/// - `command stop()`: the command that tells the core to start nothing more. A core without it is dropped from memory
///   at once when the engine stops; one with it lives on until `finished`.
/// - `std::optional<timer_order<command>> timer(effect&)`: the timer that an effect asks for, if it asks for one.
/// - `decision advance(state&, command, context, settings)`: `decide`, with the events that it tells applied, for a
/// state
///   that is dear to copy. What throws leaves a state that is dropped with its actor.
/// - `bool gives_up(const effect&)`: the effect only says that nobody waits any more for those that ran before it: they
///   are asked to stop, as they are at the end of the entity's life in memory.
template <class C>
concept functional_core = requires(typename C::state& state, const typename C::state& seen,
                                   const typename C::event& event, typename C::command command,
                                   const typename C::settings& settings, const typename C::context& world,
                                   typename C::decision& decided, std::string_view text, storage::timestamp at,
                                   storage::append& to) {
  requires std::default_initializable<typename C::state>;
  {typename C::context{at, double{}, text}};
  { decided.events } -> std::same_as<std::vector<typename C::event>&>;
  { decided.effects } -> std::same_as<std::vector<typename C::effect>&>;
  { decided.early_effects } -> std::same_as<std::vector<typename C::effect>&>;
  { decided.refusal } -> std::same_as<std::string&>;
  /// Of the kind, for logs and metrics: `ticket_job`.
  { C::name } -> std::convertible_to<const char*>;
  /// The command that starts a life in memory: the core decides from its state alone what comes next.
  /// The epoch differs from that of every other owner of the entity.
  { C::wake(std::uint64_t{}) } -> std::same_as<typename C::command>;
  {C::apply(state, event, at)};
  { C::decide(seen, std::move(command), world, settings) } -> std::same_as<typename C::decision>;
  { C::encode(event) } -> std::same_as<storage::new_event>;
  /// From a journaled event's type and payload.
  { C::decode(text, text) } -> std::same_as<typename C::event>;
  /// Adds to an append whose events led to this state what must become visible with them, such as the entity's row.
  { C::project(seen, to) } -> std::same_as<void>;
  /// Nothing is left to do in memory; the entity may be dropped from it.
  { C::finished(seen) } -> std::same_as<bool>;
};

/// An event with the time it was journaled at.
template <class Event>
struct recorded {
  Event event;
  storage::timestamp at;
};

} // namespace troupe::actors
