#pragma once

#include <cstdint>
#include <string>

#include <caf/error.hpp>
#include <caf/message.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>

namespace troupe::actors {

/// Why an actor of the runtime refused or ended. Numbers are stable: they travel between nodes.
enum class runtime_ec : std::uint8_t {
  /// Another owner wrote to the entity's journal; this one has nothing more to say.
  superseded = 1,
  /// Storage can't be used for now; the same may succeed later.
  unavailable = 2,
  /// What storage returned isn't what it must be; an operator has to look.
  corrupt = 3,
  /// A bounded queue is full.
  overloaded = 4,
  /// A supervisor's child died more often than its intensity allows.
  restart_intensity = 5,
  /// The actor was told to stop.
  stopped = 6,
  /// No child has this name.
  unknown_child = 7,
  /// A child of this name exists.
  duplicate_child = 8,
  /// The child is down and waits for its restart.
  child_down = 9,
};

std::string to_string(runtime_ec x);

/// A timer set with `timer_queue` is due.
struct timer_due {
  std::uint64_t token = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, timer_due& x) {
  return f(caf::meta::type_name("timer_due"), x.token);
}

/// A `ticker` is due. Ticks of a former generation are ignored by `ticker::accept`.
struct tick {
  std::uint64_t generation = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, tick& x) {
  return f(caf::meta::type_name("tick"), x.generation);
}

/// There is work in the queue that this actor serves.
struct work_ready {};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, work_ready&) {
  return f(caf::meta::type_name("work_ready"));
}

} // namespace troupe::actors

CAF_BEGIN_TYPE_ID_BLOCK(runtime, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(runtime, (troupe::actors::runtime_ec))
CAF_ADD_TYPE_ID(runtime, (troupe::actors::timer_due))
CAF_ADD_TYPE_ID(runtime, (troupe::actors::tick))
CAF_ADD_TYPE_ID(runtime, (troupe::actors::work_ready))
CAF_END_TYPE_ID_BLOCK(runtime)

CAF_ERROR_CODE_ENUM(troupe::actors::runtime_ec, "runtime")
