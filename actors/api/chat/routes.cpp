#include "actors/api/chat/routes.hpp"

#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "actors/api/chat/completions.hpp"
#include "actors/api/chat/conversation_routes.hpp"
#include "actors/api/chat/event_stream.hpp"
#include "actors/api/chat/extract_profile.hpp"
#include "actors/api/chat/socket_route.hpp"
#include "actors/api/chat/talk_routes.hpp"

namespace troupe::actors::api::chat {

namespace {

constexpr std::string_view json_type = "application/json";

void add_conversations(net::http::router& to, const auth_services& auth, const auth_services& talking, parts& of) {
  auto with = std::make_shared<session_services>();
  with->conversations = of.conversations;
  with->tokens = of.tokens;
  with->budget = std::make_shared<const message_budget>(talking, auth);
  with->time = of.time;
  with->deadlines = std::make_shared<deadline_watch>(of.io->context(), of.time);
  with->longest_message = of.talk->longest_message;
  to.add("GET", "/chat/{user_id}", chat_socket(with, of.settings->server.allowed_origins, of.metrics));
  to.add("GET", "/api/v1/conversations/{id}/events", with_user(auth, follow_events(with)));

  const turn_services turns{with, of.ids, of.agents, [&io = *of.io](std::function<void()> what) {
                              boost::asio::post(io.context(io.next()), std::move(what));
                            }};
  to.add("POST", "/api/v1/agents/{agent}/messages", with_user(talking, post_message(turns)), json_type);
  to.add("POST", "/agui/{agent}", with_user(talking, run_agent(turns)), json_type);
  to.add("POST", "/api/v1/onboarding/chat", with_user(talking, onboarding_chat(turns)), json_type);
  to.add("GET", "/api/v1/onboarding/current-agent", with_user(auth, onboarding_agent(turns)));

  const auto& port = of.conversations;
  to.add("GET", "/api/v1/conversations", with_user(auth, list_conversations(port)));
  to.add("POST", "/api/v1/conversations", with_user(auth, begin_conversation(port)), json_type);
  to.add("GET", "/api/v1/conversations/{id}", with_user(auth, show_conversation(port)));
  to.add("DELETE", "/api/v1/conversations/{id}", with_user(auth, erase_conversation(port)));
  to.add("GET", "/api/v1/conversations/{id}/export", with_user(auth, export_conversation(port)));
  to.add("GET", "/api/v1/users/{user_id}/export", with_user(auth, export_user(port)));
  to.add("DELETE", "/api/v1/users/{user_id}", with_user(auth, erase_user(port)));
}

} // namespace

void add_routes(net::http::router& to, const auth_services& auth, parts& of) {
  // What a user says is limited as talk, wherever they say it.
  auto talking = auth;
  talking.requests = std::make_shared<rate_limiter>();
  talking.requests_per_minute = of.settings->limits.messages_per_minute;
  constexpr auto told = net::http::leaving::told; // nobody else gets what the model says
  const stateless_services runs{of.readers, of.models, of.talk, of.time};

  to.add("POST", "/extract-profile", with_user(auth, extract_profile(runs, of.agents)), json_type, told);

  const completion_services completions{runs, of.agents, of.ids, message_budget{talking, auth}};
  to.add("POST", "/v1/chat/completions", with_user(talking, complete_chat(completions), refuse_completion), json_type,
         told);
  to.add("GET", "/v1/models", with_user(auth, list_models(completions), refuse_completion));
  to.add("GET", "/v1/models/{id}", with_user(auth, show_model(completions), refuse_completion));

  if (of.conversations)
    add_conversations(to, auth, talking, of);
}

} // namespace troupe::actors::api::chat
