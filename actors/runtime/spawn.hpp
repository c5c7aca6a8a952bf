#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/error.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/spawn_options.hpp>

namespace troupe::actors {

struct actor_options {
  /// What log lines and metrics call the actor.
  std::string name;
  /// Logged with what goes wrong; empty = none.
  std::string correlation_id = {};
  /// The actor blocks, so it gets a thread of its own; on the deterministic test scheduler it runs there like any
  /// other.
  bool detached = false;
  /// The behaviour function runs on the first message.
  bool lazy_init = false;
};

/// Gives an actor its handlers. An exception ends it with an error that keeps the text; an error message without a
/// continuation ends it with that error; an exit message with a reason ends it; messages nobody expects are logged by
/// type, answered with `unexpected_message` and survived. Nothing is ever printed.
void equip(caf::scheduled_actor& self, actor_options options);

/// The one way to spawn an actor: `spawn_named(system, {.name = "quorum"}, quorum, voters, settings)`.
/// @param fun a behaviour function whose first parameter is the pointer to itself; it may replace the handlers
/// Throws what the constructor of a state throws.
template <class F, class... Ts>
auto spawn_named(caf::actor_system& system, actor_options options, F fun, Ts&&... xs) {
  using impl = caf::infer_impl_from_fun_t<F>;
  using result = std::invoke_result_t<F&, impl*, std::decay_t<Ts>...>;
  const bool detached = options.detached && system.scheduler().detaches_utility_actors();
  const bool lazy = options.lazy_init;
  auto start = [fun = std::move(fun), args = std::tuple<std::decay_t<Ts>...>(std::forward<Ts>(xs)...),
                options = std::move(options)](impl* self) mutable -> result {
    equip(*self, std::move(options));
    return std::apply([&](auto&... arg) { return std::invoke(fun, self, std::move(arg)...); }, args);
  };
  if (detached)
    return system.spawn<caf::detached>(std::move(start));
  if (lazy)
    return system.spawn<caf::lazy_init>(std::move(start));
  return system.spawn(std::move(start));
}

/// The reason an actor ended, for people: `crashed: disk on fire`, `normal`, `runtime: superseded`.
std::string describe(const caf::error& reason);

/// The same as one of a few words, for a metric's label: `normal`, `stopped`, `killed`, `exception`, a `runtime_ec` or
/// `error`.
std::string_view reason_label(const caf::error& reason) noexcept;

/// The actor was done, or was told to end.
bool ended_well(const caf::error& reason) noexcept;

} // namespace troupe::actors
