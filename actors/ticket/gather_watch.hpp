#pragma once

#include <chrono>
#include <deque>
#include <memory>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/runtime/clock.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/ticket/gathering.hpp"

namespace troupe::actors {

using gathering_ptr = std::shared_ptr<ticket::gathering>;

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::gathering_ptr)

CAF_BEGIN_TYPE_ID_BLOCK(ticket, caf::first_custom_type_id + 300)
CAF_ADD_TYPE_ID(ticket, (troupe::actors::gathering_ptr))
CAF_ADD_ATOM(ticket, troupe::actors::atom, watch, "watch")
CAF_END_TYPE_ID_BLOCK(ticket)

namespace troupe::actors::ticket {

using gather_watch_actor = caf::typed_actor<
    /// Keeps the time of a gathering's sources. Sent by a job's effects.
    caf::reacts_to<atom::watch, gathering_ptr>,
    /// Its own clockwork: there are ticks only while something is watched.
    caf::reacts_to<tick>>;

struct gather_watch_state {
  static inline constexpr const char* name = "gather_watch";

  std::deque<std::weak_ptr<gathering>> watched;
  bool ticking = false;
};

/// Gives up sources that take too long, so that their job goes on with what the others gave. One for all jobs, with one
/// tick per `period`, because a timer of the scheduler can't be taken back. Runs on the scheduler; never blocks.
gather_watch_actor::behavior_type gather_watch(gather_watch_actor::stateful_pointer<gather_watch_state> self,
                                               std::shared_ptr<const clock> time, std::chrono::milliseconds period);

} // namespace troupe::actors::ticket
