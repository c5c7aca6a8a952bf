#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/runtime/messages.hpp"

namespace troupe::actors {

/// A timer that was set. Needed to cancel it.
struct timer_handle {
  caf::actor_clock::time_point due;
  std::uint64_t token = 0; ///< never 0 for a timer that was set

  std::strong_ordering operator<=>(const timer_handle& other) const noexcept {
    if (due != other.due)
      return due < other.due ? std::strong_ordering::less : std::strong_ordering::greater;
    return token <=> other.token;
  }
  bool operator==(const timer_handle&) const noexcept = default;
};

/// Timers that can be taken back. The scheduler's own delayed messages can't, and each keeps its target in memory until
/// it fires; these let go at once, which matters to short-lived actors with long time limits. Served by one actor,
/// `timer_keeper`. Any thread.
class timer_queue {
public:
  timer_queue() = default;

  timer_queue(const timer_queue&) = delete;
  timer_queue& operator=(const timer_queue&) = delete;

  /// After `after`, `whom` gets `timer_due{token}`.
  template <class Handle>
  timer_handle set(const Handle& whom, std::chrono::nanoseconds after) {
    return insert(caf::actor_cast<caf::strong_actor_ptr>(whom), after);
  }

  /// False when it has fired already: its message may still be on its way.
  bool cancel(const timer_handle& timer);

  std::size_t size() const;

  // -- The keeper's side -------------------------------------------------------------------------------------------

  void attach(caf::actor keeper);
  void detach();

  /// Sends what is due and asks to be called again when the next one is.
  void fire();

private:
  timer_handle insert(caf::strong_actor_ptr whom, std::chrono::nanoseconds after);
  void arm(std::unique_lock<std::mutex>& lock);

  mutable std::mutex mutex_;
  std::map<timer_handle, caf::strong_actor_ptr> timers_;
  caf::actor keeper_;
  std::optional<caf::actor_clock::time_point> armed_; ///< when the keeper will be woken
  std::uint64_t last_token_ = 0;
};

struct timer_keeper_state {
  static inline constexpr const char* name = "timers";

  ~timer_keeper_state();

  std::shared_ptr<timer_queue> queue;
};

/// Serves a timer queue. Timers outlive its restart.
caf::behavior timer_keeper(caf::stateful_actor<timer_keeper_state>* self, std::shared_ptr<timer_queue> queue);

/// The regular beat of a long-lived actor: it gets `tick` each `interval` from `start` to `stop`.
/// Its handler: `[self](tick t) { if (self->state.beat.accept(t)) … }`.
class ticker {
public:
  /// @param self must outlive this object
  ticker(caf::local_actor* self, std::chrono::nanoseconds interval);

  /// The first tick comes after `interval`; ticks of an earlier start are void.
  void start();

  void stop() noexcept;

  /// Whether the tick is of this start; orders the next one.
  bool accept(const tick& what);

  bool running() const noexcept {
    return running_;
  }

private:
  void order();

  caf::local_actor* self_;
  std::chrono::nanoseconds interval_;
  std::uint64_t generation_ = 0;
  bool running_ = false;
};

} // namespace troupe::actors
