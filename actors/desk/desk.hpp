#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/desk/messages.hpp"
#include "actors/desk/pace.hpp"
#include "actors/desk/probe.hpp"
#include "actors/runtime/breaker.hpp"
#include "actors/runtime/clock.hpp"

namespace troupe::actors {

using desk_actor = caf::typed_actor<
    /// Writes a note once as soon as its turn comes. While the desk wants a pause or its circuit is open the task
    /// waits, until a second before its deadline; as soon as it is clear that its turn won't come before, it is put off
    /// (`held`, `circuit_open`). Refused as `unavailable` when the queue is full. In all these cases nothing was sent.
    /// Sent by a ticket job's effects.
    caf::reacts_to<atom::write_note, desk_write_ptr>,
    /// Looks for a note. Waits and is put off in the same way.
    caf::reacts_to<atom::find_note, desk_look_ptr>,
    /// Uses another connector from now on; calls under way keep theirs. Sent by the tenant when its settings change.
    caf::reacts_to<atom::connect, connector_ptr>,
    /// A call has ended. Sent by the call's answer.
    caf::reacts_to<atom::freed, desk_end_ptr>,
    /// What waits may go on, or its time is over; of the timer with that number. Sent by itself.
    caf::reacts_to<atom::go_on, std::uint64_t>>;

struct desk_settings {
  std::size_t max_calls = 256;     ///< at a time
  std::size_t queue_limit = 4'096; ///< calls that wait
  pace_settings pace;
  std::shared_ptr<desk_probe> probe; ///< null = nobody wants to know
};

class desk_state {
public:
  static inline constexpr const char* name = "desk";

  using pointer = desk_actor::stateful_pointer<desk_state>;

  explicit desk_state(pointer self);

  /// Tasks that still wait are refused.
  ~desk_state();

  desk_state(const desk_state&) = delete;
  desk_state& operator=(const desk_state&) = delete;

  void configure(std::string tenant, connector_ptr connector, desk_settings settings,
                 std::shared_ptr<const clock> time);
  void connect(connector_ptr connector);

  void write(desk_write_ptr what);
  void look(desk_look_ptr what);
  void on_freed(desk_end& end);
  void on_timer(std::uint64_t number);

private:
  struct waiting_task {
    desk_task task;
    storage::timestamp deadline;   ///< by `now()`
    storage::timestamp last_start; ///< likewise: past it the task isn't begun
  };

  storage::timestamp now() const;
  void enqueue(desk_task task);
  void learn(const desk_end& end);
  void show_circuit();
  void serve_waiting();
  void put_off_late(storage::timestamp now);
  net::desk::desk_failure delay(storage::timestamp now);
  void set_timer(storage::timestamp now);
  void start(const waiting_task& next, storage::timestamp now);
  void start_call(const desk_write_ptr& what, const desk_end_ptr& end);
  void start_call(const desk_look_ptr& what, const desk_end_ptr& end);

  pointer self_;
  std::string tenant_;
  connector_ptr connector_;
  std::uint64_t connectors_ = 0;       // counts them: calls of former ones teach nothing
  std::vector<connector_ptr> retired_; // former ones, while calls are under way
  desk_settings settings_;
  std::shared_ptr<const clock> clock_;
  breaker breaker_;
  pace pace_;
  std::deque<waiting_task> waiting_;
  std::size_t running_ = 0;
  storage::timestamp next_return_{};        // of a task that is put off
  std::optional<storage::timestamp> timer_; // when it is due
  std::uint64_t timers_ = 0;                // counts them: only the last one matters
};

/// One tenant's service desk: bounds the calls at a time, pauses when the desk asks for it and then goes on slowly, and
/// stops asking a desk that is down. A call that the desk limited because of the others is made again; every other
/// failure is the job's to deal with, because only its journal knows what was written. Runs on the scheduler; never
/// blocks.
desk_actor::behavior_type desk(desk_actor::stateful_pointer<desk_state> self, std::string tenant,
                               connector_ptr connector, desk_settings settings, std::shared_ptr<const clock> time);

} // namespace troupe::actors
