#include "actors/api/housekeeper.hpp"

#include <utility>

#include "config/log.hpp"

namespace troupe::actors::api {

namespace {

/// Removes what removed tenants and users have left, one transaction after the other; appends get their turn between
/// two.
void clear_removed(const std::shared_ptr<journal_queue>& journal) {
  journal->run(
      [journal](storage::writer& db) {
        if (db.clear_removed() > 0)
          clear_removed(journal);
      },
      [](const storage::error& why) {
        config::log::warn("removal_failed", "rows of removed tenants or users could not be removed; tried again later",
                          {{"error", why.what()}});
      });
}

} // namespace

housekeeper_actor::behavior_type housekeeper(housekeeper_actor::pointer self, housekeeping what,
                                             std::chrono::milliseconds period) {
  self->delayed_send(self, period, tick{});
  return {
      [self, what = std::move(what), period](const tick&) {
        what.look_around();
        what.journal->run(
            [now = what.time->now(), wrote = what.wrote](storage::writer& db) {
              db.expire(now, audit_retention);
              wrote();
            },
            [](const storage::error& why) {
              config::log::warn("housekeeping_failed", "expired rows could not be removed; tried again later",
                                {{"error", why.what()}});
            });
        clear_removed(what.journal);
        self->delayed_send(self, period, tick{});
      },
  };
}

} // namespace troupe::actors::api
