#include "actors/ticket/gather_watch.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors::ticket {

namespace {

void expire_late(std::deque<std::weak_ptr<gathering>>& watched, gathering::clock_time now) {
  std::erase_if(watched, [now](const std::weak_ptr<gathering>& each) {
    const auto alive = each.lock();
    return !alive || !alive->expire(now);
  });
}

} // namespace

gather_watch_actor::behavior_type gather_watch(gather_watch_actor::stateful_pointer<gather_watch_state> self,
                                               std::shared_ptr<const clock> time, std::chrono::milliseconds period) {
  return {
      [self, period](atom::watch, const gathering_ptr& what) {
        self->state.watched.push_back(what);
        if (!std::exchange(self->state.ticking, true))
          self->delayed_send(self, period, tick{});
      },
      [self, time, period](const tick&) {
        expire_late(self->state.watched, time->monotonic());
        self->state.ticking = !self->state.watched.empty();
        if (self->state.ticking)
          self->delayed_send(self, period, tick{});
      },
  };
}

} // namespace troupe::actors::ticket
