#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/api/auth.hpp"
#include "actors/api/chat/stateless_run.hpp"
#include "actors/api/message_budget.hpp"
#include "actors/runtime/ids.hpp"
#include "config/agent_store.hpp"

/// Agents as models of OpenAI's API: each request brings its whole talk, and nothing of it is kept.
namespace troupe::actors::api::chat {

struct completion_services {
  stateless_services runs;
  std::shared_ptr<const config::agent_store> agents;
  std::shared_ptr<id_source> ids;
  message_budget budget;
};

/// `POST /v1/chat/completions`, streamed if the client wants it. A client that goes before its answer is whole stops
/// the model's call.
user_handler complete_chat(completion_services services);

/// `GET /v1/models`
user_handler list_models(completion_services services);

/// `GET /v1/models/{id}`
user_handler show_model(completion_services services);

/// A refusal as OpenAI's clients understand it, for `with_user`.
net::http::response refuse_completion(net::http::response problem);

} // namespace troupe::actors::api::chat
