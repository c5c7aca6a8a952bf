#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/desk/messages.hpp"
#include "actors/runtime/breaker.hpp"
#include "actors/runtime/clock.hpp"

namespace troupe::actors {

using desk_actor = caf::typed_actor<
    /// Writes a note once as soon as a call is free. Refused as `unavailable` when the queue is full, the deadline has
    /// passed before its turn or the circuit is open, and as `rate_limited` while the desk wants a pause: in all these
    /// cases nothing was sent. Sent by a ticket job's effects.
    caf::reacts_to<atom::write_note, desk_write_ptr>,
    /// Looks for a note. Refused in the same cases.
    caf::reacts_to<atom::find_note, desk_look_ptr>,
    /// Uses another connector from now on; calls under way keep theirs. Sent by the tenant when its settings change.
    caf::reacts_to<atom::connect, connector_ptr>,
    /// A call has ended. Sent by itself: a `call_ending` of `desk.cpp`, the pause asked for in milliseconds, and the
    /// number of the connector that made the call.
    caf::reacts_to<atom::freed, std::uint8_t, std::uint64_t, std::uint64_t>>;

struct desk_settings {
  std::size_t max_calls = 256;     ///< at a time
  std::size_t queue_limit = 4'096; ///< calls that wait
};

class desk_state {
public:
  static inline constexpr const char* name = "desk";

  using pointer = desk_actor::stateful_pointer<desk_state>;

  explicit desk_state(pointer self);

  /// Calls that still wait are refused.
  ~desk_state();

  desk_state(const desk_state&) = delete;
  desk_state& operator=(const desk_state&) = delete;

  void configure(std::string tenant, connector_ptr connector, desk_settings settings,
                 std::shared_ptr<const clock> time);
  void connect(connector_ptr connector);

  void write(desk_write_ptr what);
  void look(desk_look_ptr what);
  void on_freed(std::uint8_t ending, std::chrono::milliseconds pause, std::uint64_t connector);

private:
  /// A call that waits: given none, it starts; given a failure, it is refused with it.
  using waiting_call = std::function<void(std::optional<net::desk::desk_failure>)>;

  void enqueue(waiting_call call);
  void learn(std::uint8_t ending, std::chrono::milliseconds pause);
  void serve_waiting();
  std::optional<net::desk::desk_failure> refusal();
  void start_write(const desk_write_ptr& what);
  void start_look(const desk_look_ptr& what);

  pointer self_;
  std::string tenant_;
  connector_ptr connector_;
  std::uint64_t connectors_ = 0;       // counts them: calls of former ones teach nothing
  std::vector<connector_ptr> retired_; // former ones, while calls are under way
  desk_settings settings_;
  std::shared_ptr<const clock> clock_;
  breaker breaker_;
  storage::timestamp paused_until_{};
  std::deque<waiting_call> waiting_;
  std::size_t running_ = 0;
};

/// One tenant's service desk: bounds the calls at a time, pauses when the desk asks for it, and stops asking a desk
/// that is down. Makes no attempt of its own twice: the job decides about that, because only its journal knows what
/// was written. Runs on the scheduler; never blocks.
desk_actor::behavior_type desk(desk_actor::stateful_pointer<desk_state> self, std::string tenant,
                               connector_ptr connector, desk_settings settings, std::shared_ptr<const clock> time);

} // namespace troupe::actors
