#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <utility>

#include "storage/types.hpp"

namespace troupe::actors {

/// Numbers are shown in `troupe_circuit_state{target}`.
enum class circuit : std::uint8_t { closed = 0, half_open = 1, open = 2 };

constexpr const char* to_string(circuit state) noexcept {
  return state == circuit::closed ? "closed" : state == circuit::half_open ? "half_open" : "open";
}

struct breaker_settings {
  unsigned failures = 5;                       ///< in a row that open it
  std::chrono::milliseconds open_time{30'000}; ///< until one probe is let through
  unsigned window = 20;                        ///< calls, up to 64, that the rate is taken of; 0 = it isn't
  double failure_rate = 0.5;                   ///< of the last `window` calls, that opens it
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

  /// A call that began before the breaker opened and ends well behind that doesn't close it.
  void succeed() {
    if (state_ == circuit::open)
      return;
    if (std::exchange(state_, circuit::closed) == circuit::half_open)
      seen_ = 0;
    failures_ = 0;
    remember(false);
  }

  /// A failure that tells of the target's health; refusals of one input are none.
  void fail(storage::timestamp now) {
    ++failures_;
    remember(true);
    if (state_ == circuit::open)
      return;
    if (state_ == circuit::half_open || failures_ >= settings_.failures || fails_often()) {
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
  void remember(bool failed) {
    last_ = last_ << 1U | (failed ? 1U : 0U);
    seen_ = std::min(seen_ + 1, settings_.window);
  }

  bool fails_often() const noexcept {
    if (settings_.window == 0 || seen_ < settings_.window)
      return false;
    const auto bad = std::popcount(last_ << (64 - settings_.window));
    return bad >= settings_.failure_rate * settings_.window;
  }

  breaker_settings settings_;
  circuit state_ = circuit::closed;
  unsigned failures_ = 0;
  unsigned seen_ = 0;      ///< of the last calls, up to the window
  std::uint64_t last_ = 0; ///< how they ended, the last one in the lowest bit: 1 = badly
  storage::timestamp opened_{};
};

} // namespace troupe::actors
