#pragma once

#include "actors/api/auth.hpp"
#include "actors/api/chat/told_message.hpp"

/// Routes by which users tell agents something. A message's id is the client's (`id`, or `Idempotency-Key`): the same
/// one again is answered and not repeated.
namespace troupe::actors::api::chat {

/// `POST /api/v1/agents/{agent}/messages`: answered when the reply stands, or with `Accept: text/event-stream` by the
/// events of its run.
user_handler post_message(turn_services with);

/// `POST /agui/{agent}`: AG-UI's `RunAgentInput`; its thread is a conversation.
user_handler run_agent(turn_services with);

/// `POST /api/v1/onboarding/chat`
user_handler onboarding_chat(turn_services with);

/// `GET /api/v1/onboarding/current-agent`
user_handler onboarding_agent(turn_services with);

} // namespace troupe::actors::api::chat
