#include "actors/api/housekeeper.hpp"

#include <utility>

#include "config/log.hpp"

namespace troupe::actors::api {

housekeeper_actor::behavior_type housekeeper(housekeeper_actor::pointer self, housekeeping what,
                                             std::chrono::milliseconds period) {
  self->delayed_send(self, period, tick{});
  return {
      [self, what = std::move(what), period](const tick&) {
        what.release_orphans();
        what.journal->run(
            [now = what.time->now(), wrote = what.wrote](storage::writer& db) {
              db.expire(now, audit_retention);
              wrote();
            },
            [](const storage::error& why) {
              config::log::warn("housekeeping_failed", "expired rows could not be removed; tried again later",
                                {{"error", why.what()}});
            });
        self->delayed_send(self, period, tick{});
      },
  };
}

} // namespace troupe::actors::api
