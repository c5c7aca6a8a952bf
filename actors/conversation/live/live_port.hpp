#pragma once

#include <memory>

#include "actors/conversation/live/courier.hpp"
#include "actors/conversation/live/hub.hpp"
#include "actors/conversation/live/port.hpp"
#include "actors/conversation/live/probe.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/ids.hpp"
#include "actors/runtime/journal_queue.hpp"
#include "actors/runtime/random.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "config/agent_store.hpp"

namespace troupe::actors::conversation {

/// What the port works with. All are needed.
struct port_services {
  std::shared_ptr<courier> orders;
  std::shared_ptr<hub> followers;
  std::shared_ptr<reader_pool> readers;
  std::shared_ptr<journal_queue> journal;
  std::shared_ptr<id_source> ids;
  std::shared_ptr<const clock> time;
  std::shared_ptr<random> chance;
  std::shared_ptr<const config::agent_store> agents;
  std::shared_ptr<const conversation_settings> talk;
  std::shared_ptr<conversation_probe> probe;
};

/// The port to the conversations of this process.
std::shared_ptr<port> make_port(port_services services);

} // namespace troupe::actors::conversation
