#pragma once

#include <cstddef>

#include <caf/actor_system_config.hpp>

namespace troupe::actors {

/// How actors are scheduled: policy `sharing` and a bounded number of messages per turn, so that long run queues stay
/// cheap and nobody starves. CAF's own command line and configuration file are never read.
/// Add the message types of other subsystems with `add_message_types<caf::id_block::foo>()` before use.
class system_config : public caf::actor_system_config {
public:
  /// @param threads 0 = as many as there are cores
  /// @param max_throughput messages an actor handles before another gets its turn; 50 to 300
  explicit system_config(std::size_t threads = 0, std::size_t max_throughput = 200);
};

} // namespace troupe::actors
