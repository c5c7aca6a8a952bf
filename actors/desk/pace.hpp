#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "storage/types.hpp"

namespace troupe::actors {

struct pace_settings {
  std::chrono::milliseconds longest_pause{3'600'000}; ///< whatever the desk asks for
  std::chrono::milliseconds first_gap{100};           ///< between two calls after a desk's first pause
  std::chrono::milliseconds widest_gap{10'000};
  std::chrono::milliseconds quiet{60'000}; ///< without a call, after which a desk has forgotten the former ones
};

/// How fast a desk is asked: at will, until it wants a pause. When that is over one call tries, then they follow each
/// other with a gap that doubles with each further pause and shrinks with each success. Plain logic, one owner.
class pace {
public:
  explicit pace(pace_settings settings = {}) : settings_{settings} {}

  bool may_start(storage::timestamp now) const noexcept {
    return !trying_ && now >= ready_at();
  }

  /// Nothing may start before; while a call tries after a pause, its end is waited for besides.
  storage::timestamp ready_at() const noexcept {
    return std::max(paused_until_, next_start_);
  }

  storage::timestamp paused_until() const noexcept {
    return paused_until_;
  }

  std::chrono::milliseconds gap() const noexcept {
    return std::chrono::ceil<std::chrono::milliseconds>(gap_);
  }

  /// A call starts.
  /// @return whether it is the first one in a while: if the desk limits it, that isn't because of others
  bool start(storage::timestamp now) {
    const bool first = calls_ == 0 || now >= last_start_ + settings_.quiet;
    trying_ = calls_ == 0 && gap_.count() > 0;
    ++calls_;
    last_start_ = now;
    next_start_ = now + gap();
    return first;
  }

  /// A call has ended, but not by the desk's limit.
  /// @param first what `start` said
  void end(bool first, bool well, storage::timestamp now) {
    trying_ = trying_ && !first;
    if (!well || now < paused_until_)
      return;
    gap_ -= gap_ / 32;
    if (gap_ < std::chrono::milliseconds{1})
      gap_ = {};
  }

  /// The desk limited a call and wants a pause.
  void slow_down(std::chrono::milliseconds pause, storage::timestamp now) {
    // A burst that is limited as a whole slows down once.
    if (now >= paused_until_)
      gap_ = std::clamp<gap_time>(gap_ * 2, settings_.first_gap, settings_.widest_gap);
    paused_until_ = std::max(paused_until_, now + std::min(pause, settings_.longest_pause));
    calls_ = 0;
    trying_ = false;
  }

private:
  using gap_time = std::chrono::microseconds;

  pace_settings settings_;
  storage::timestamp paused_until_{};
  storage::timestamp next_start_{};
  storage::timestamp last_start_{};
  gap_time gap_{0};
  std::size_t calls_ = 0; // since the last pause
  bool trying_ = false;   // the first call after a pause is under way
};

} // namespace troupe::actors
