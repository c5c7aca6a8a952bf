#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/runtime/clock.hpp"
#include "actors/runtime/journal_queue.hpp"
#include "actors/runtime/messages.hpp"

namespace troupe::actors::api {

using housekeeper_actor = caf::typed_actor<
    /// Time to forget what has expired. Sent by itself.
    caf::reacts_to<tick>>;

/// How long audit rows are kept.
inline constexpr std::chrono::hours audit_retention{90 * 24};

/// What the housekeeper works with. All are needed.
struct housekeeping {
  std::shared_ptr<journal_queue> journal;
  std::shared_ptr<const clock> time;
  /// Called each time before the work below; any thread.
  std::function<void()> look_around;
  /// Storage has taken a write. Any thread.
  std::function<void()> wrote;
};

/// Forgets expired deliveries, audit rows and what removed tenants have left, a bounded number at a time, and sees in
/// passing whether storage takes writes again. Runs on the scheduler; never blocks.
housekeeper_actor::behavior_type housekeeper(housekeeper_actor::pointer self, housekeeping what,
                                             std::chrono::milliseconds period);

} // namespace troupe::actors::api
