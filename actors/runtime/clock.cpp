#include "actors/runtime/clock.hpp"

namespace troupe::actors {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

storage::timestamp system_clock::now() const noexcept {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

nanoseconds system_clock::monotonic() const noexcept {
  return std::chrono::steady_clock::now().time_since_epoch();
}

manual_clock::manual_clock(storage::timestamp start) noexcept
    : wall_ns_{duration_cast<nanoseconds>(start.time_since_epoch()).count()} {}

storage::timestamp manual_clock::now() const noexcept {
  return storage::timestamp{duration_cast<milliseconds>(nanoseconds{wall_ns_.load()})};
}

nanoseconds manual_clock::monotonic() const noexcept {
  return nanoseconds{elapsed_ns_.load()};
}

void manual_clock::advance(nanoseconds by) noexcept {
  wall_ns_ += by.count();
  elapsed_ns_ += by.count();
}

void manual_clock::set(storage::timestamp to) noexcept {
  wall_ns_ = duration_cast<nanoseconds>(to.time_since_epoch()).count();
}

} // namespace troupe::actors
