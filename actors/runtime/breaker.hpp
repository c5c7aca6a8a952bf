#pragma once

#include <chrono>
#include <cstdint>

#include "storage/types.hpp"

namespace troupe::actors {

/// Numbers are shown in `troupe_circuit_state{target}`.
enum class circuit : std::uint8_t { closed = 0, half_open = 1, open = 2 };

struct breaker_settings {
  unsigned failures = 5;                       ///< in a row that open it
  std::chrono::milliseconds open_time{30'000}; ///< until one probe is let through
};

/// A circuit breaker: keeps calls from a target that fails, and lets one probe through now and then.
/// Plain logic, one owner. Source: M. Nygard, "Release It!", stability patterns.
class breaker {
public:
  explicit breaker(breaker_settings settings = {}) : settings_{settings} {}

  /// Whether a call may be made now: who is admitted must report how it ended. In half-open state only the first asker
  /// may, and another one when that hasn't reported for as long as the breaker stays open.
  bool admit(storage::timestamp now) {
    if (state_ == circuit::closed)
      return true;
    if (now < opened_ + settings_.open_time)
      return false;
    state_ = circuit::half_open;
    opened_ = now;
    return true;
  }

  void succeed() {
    state_ = circuit::closed;
    failures_ = 0;
  }

  /// A failure that tells of the target's health; refusals of one input are none.
  void fail(storage::timestamp now) {
    ++failures_;
    if (state_ == circuit::half_open || failures_ >= settings_.failures) {
      state_ = circuit::open;
      opened_ = now;
    }
  }

  /// A call that was admitted ended without telling anything of the target's health: the next asker may probe instead.
  void abandon(storage::timestamp now) {
    if (state_ != circuit::half_open)
      return;
    state_ = circuit::open;
    opened_ = now - settings_.open_time;
  }

  circuit state() const noexcept {
    return state_;
  }

  /// When the next probe may be made; meaningful while open.
  storage::timestamp retry_at() const noexcept {
    return opened_ + settings_.open_time;
  }

private:
  breaker_settings settings_;
  circuit state_ = circuit::closed;
  unsigned failures_ = 0;
  storage::timestamp opened_{};
};

} // namespace troupe::actors
