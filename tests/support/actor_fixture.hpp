#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/expected.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/runtime/clock.hpp"
#include "actors/runtime/random.hpp"
#include "actors/runtime/spawn.hpp"
#include "actors/runtime/system_config.hpp"

namespace troupe::testing {

struct deterministic_config : actors::system_config {
  deterministic_config() : actors::system_config{1} {
    set("scheduler.policy", caf::atom("testing"));
  }
};

/// An actor system that runs only when told to, on clocks that move only when told to. Actors that would have a thread
/// of their own run on it too. Add further message types to `cfg` in the constructor of a derived fixture's base.
class actor_fixture {
public:
  actor_fixture() = default;

  actor_fixture(const actor_fixture&) = delete;
  actor_fixture& operator=(const actor_fixture&) = delete;

  /// Ends what was spawned: an actor that ticks for ever would hang the system's destructor.
  ~actor_fixture() {
    for (auto& child : children_)
      caf::anon_send_exit(child, caf::exit_reason::kill);
    children_.clear();
    run();
  }

  /// Spawns by `spawn_named` and sees to the actor's end.
  template <class F, class... Ts>
  auto spawn(actors::actor_options options, F f, Ts&&... xs) {
    return keep(actors::spawn_named(sys, std::move(options), std::move(f), std::forward<Ts>(xs)...));
  }

  /// The same for actors whose name doesn't matter.
  template <class F, class... Ts>
  requires(!std::convertible_to<F, actors::actor_options>) auto spawn(F f, Ts&&... xs) {
    return spawn(actors::actor_options{.name = "test"}, std::move(f), std::forward<Ts>(xs)...);
  }

  /// Sees to the end of an actor that was spawned otherwise.
  template <class Handle>
  Handle keep(Handle child) {
    children_.push_back(caf::actor_cast<caf::actor>(child));
    return child;
  }

  /// Delivers all messages that are due.
  void run() {
    while (scheduler.has_job()) {
      if (held_ != nullptr && scheduler.jobs.front() == held_) {
        held_waits_ = true;
        scheduler.jobs.pop_front();
        continue;
      }
      scheduler.run_once();
    }
  }

  /// From now on this actor gets no turn, as if it blocked its thread.
  template <class Handle>
  void hold(const Handle& whom) {
    held_ = dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(whom));
  }

  /// The held actor gets its turns again.
  void release() {
    if (std::exchange(held_waits_, false))
      scheduler.jobs.push_back(held_);
    held_ = nullptr;
    run();
  }

  /// Moves all clocks from one due message to the next until `by` has passed; delivers what becomes due on the way.
  void advance(std::chrono::nanoseconds by) {
    run();
    const auto end = scheduler.clock().now() + by;
    for (;;) {
      const auto& schedule = scheduler.clock().schedule();
      if (schedule.empty() || schedule.begin()->first > end)
        break;
      step_to(schedule.begin()->first);
    }
    step_to(end);
  }

  /// Sends a request; `answer<T>` fetches its response later.
  template <class Handle, class... Ts>
  auto ask(const Handle& whom, Ts&&... xs) {
    return outsider->request(whom, caf::infinite, std::forward<Ts>(xs)...);
  }

  /// What came back so far. Throws instead of blocking when nothing did.
  template <class T, class Response>
  caf::expected<T> answer(Response& response) {
    if (!outsider->has_next_message())
      throw std::logic_error("no answer yet");
    caf::expected<T> result{caf::error{}};
    response.receive([&](T& x) { result = std::move(x); }, [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  /// Watches an actor; `reason_of_end` tells the reason once it has ended and `run` was called.
  template <class Handle>
  void watch(const Handle& whom) {
    outsider->monitor(whom);
  }

  /// The reason of the next watched actor's end. Throws when none has ended.
  caf::error reason_of_end() {
    if (!outsider->has_next_message())
      throw std::logic_error("no watched actor has ended");
    caf::error result;
    outsider->receive([&](caf::down_msg& x) { result = std::move(x.reason); });
    return result;
  }

  bool something_ended() {
    return outsider->has_next_message();
  }

  deterministic_config cfg;
  caf::actor_system sys{cfg};
  caf::scheduler::test_coordinator& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  caf::scoped_actor outsider{sys, true};
  std::shared_ptr<actors::manual_clock> time = std::make_shared<actors::manual_clock>();
  std::shared_ptr<actors::seeded_random> chance = std::make_shared<actors::seeded_random>(1);

private:
  void step_to(caf::actor_clock::time_point when) {
    const auto by = when - scheduler.clock().now();
    if (by.count() > 0)
      time->advance(by);
    scheduler.advance_time(std::max(by, decltype(by){0}));
    run();
  }

  std::vector<caf::actor> children_;
  caf::resumable* held_ = nullptr;
  bool held_waits_ = false;
};

} // namespace troupe::testing
