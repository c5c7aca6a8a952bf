#include "actors/api/chat/routes.hpp"

#include <string_view>
#include <utility>

#include "actors/api/chat/completions.hpp"
#include "actors/api/chat/extract_profile.hpp"

namespace troupe::actors::api::chat {

namespace {

constexpr std::string_view json_type = "application/json";

} // namespace

void add_routes(net::http::router& to, const auth_services& auth, parts& of) {
  // What a user says is limited as talk, wherever they say it.
  auto talking = auth;
  talking.requests = std::make_shared<rate_limiter>();
  talking.requests_per_minute = of.settings->limits.messages_per_minute;
  const stateless_services runs{of.readers, of.models, of.talk, of.time};

  to.add("POST", "/extract-profile", with_user(auth, extract_profile(runs, of.agents)), json_type);

  const completion_services completions{runs, of.agents, of.ids};
  to.add("POST", "/v1/chat/completions", with_user(talking, complete_chat(completions), refuse_completion), json_type);
  to.add("GET", "/v1/models", with_user(talking, list_models(completions), refuse_completion));
  to.add("GET", "/v1/models/{id}", with_user(talking, show_model(completions), refuse_completion));
}

} // namespace troupe::actors::api::chat
