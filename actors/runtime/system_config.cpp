#include "actors/runtime/system_config.hpp"

#include <algorithm>
#include <thread>

#include <caf/atom.hpp>

#include "actors/runtime/messages.hpp"

namespace troupe::actors {

system_config::system_config(std::size_t threads, std::size_t max_throughput) {
  if (threads == 0)
    threads = std::max(1U, std::thread::hardware_concurrency());
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", threads);
  set("scheduler.max-throughput", std::clamp<std::size_t>(max_throughput, 50, 300));
  add_message_types<caf::id_block::runtime>();
}

} // namespace troupe::actors
