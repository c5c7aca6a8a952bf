#pragma once

#include <memory>

#include "actors/conversation/conversation_core.hpp"
#include "config/agent_store.hpp"
#include "config/settings.hpp"

namespace troupe::actors::api {

/// The agents of these settings. Throws `config::invalid_configuration` with all faults of their files.
std::shared_ptr<config::agent_store> make_agents(const config::settings& settings);

/// How their conversations are decided on.
std::shared_ptr<const conversation::conversation_settings> make_talk(const config::settings& settings,
                                                                     std::shared_ptr<const config::agent_store> agents);

} // namespace troupe::actors::api
