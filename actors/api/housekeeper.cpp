#include "actors/api/housekeeper.hpp"

#include "config/log.hpp"

namespace troupe::actors::api {

housekeeper_actor::behavior_type housekeeper(housekeeper_actor::pointer self, std::shared_ptr<journal_queue> journal,
                                             std::shared_ptr<const clock> time, std::chrono::milliseconds period) {
  self->delayed_send(self, period, tick{});
  return {
      [self, journal, time, period](const tick&) {
        journal->run([now = time->now()](storage::writer& db) { db.expire(now, audit_retention); },
                     [](const storage::error& why) {
                       config::log::warn("housekeeping_failed", "expired rows could not be removed; tried again later",
                                         {{"error", why.what()}});
                     });
        self->delayed_send(self, period, tick{});
      },
  };
}

} // namespace troupe::actors::api
