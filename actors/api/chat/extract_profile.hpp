#pragma once

#include <memory>

#include "actors/api/auth.hpp"
#include "actors/api/chat/stateless_run.hpp"
#include "config/agent_store.hpp"

namespace troupe::actors::api::chat {

/// `POST /extract-profile`: what a transcript tells of an agent's fields, checked against its schema. Nothing is kept.
user_handler extract_profile(stateless_services runs, std::shared_ptr<const config::agent_store> agents);

} // namespace troupe::actors::api::chat
