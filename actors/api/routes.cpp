#include "actors/api/routes.hpp"

#include <string_view>
#include <utility>

#include <caf/send.hpp>

#include "actors/api/auth.hpp"
#include "actors/api/chat/routes.hpp"
#include "actors/api/desk_page.hpp"
#include "actors/api/health.hpp"
#include "actors/api/jobs.hpp"
#include "actors/api/webhook.hpp"

namespace troupe::actors::api {

namespace pages {
extern const std::string_view openapi;
} // namespace pages

net::http::router make_routes(parts& of) {
  net::http::router routes;
  add_health_routes(routes,
                    {of.readers, of.journal, of.health, of.ready, &of.metrics, of.settings, of.workflow->version});

  webhook_services door;
  door.tenants = of.tenants;
  door.journal = of.journal;
  door.ids = of.ids;
  door.time = of.time;
  door.deliveries = std::make_shared<rate_limiter>();
  door.failures = std::make_shared<rate_limiter>();
  door.probe = std::make_shared<webhook_probe>(of.metrics);
  door.health = of.health;
  door.accepted = [intake = of.intake](job_hint_ptr job) {
    if (auto life = intake.get())
      caf::anon_send(life, atom::run_job_v, std::move(job));
  };
  door.wanted = of.intake_room;
  routes.add("POST", "/webhook/servicedesk", webhook_handler(std::move(door)), "application/json");

  const auto requests = std::make_shared<rate_limiter>();
  of.tokens = std::make_shared<const authenticator>(
      authenticator::services{std::make_shared<const config::jwt_settings>(of.settings->jwt), of.tenants, of.time});
  const auth_services auth{of.tokens, requests, of.settings->limits.requests_per_minute, of.time};
  const auto for_users = [&](user_handler inner) { return with_user(auth, std::move(inner)); };
  const job_route_services jobs{of.readers, of.journal, of.workflow, of.time, of.chance, [intake = of.intake] {
                                  if (auto life = intake.get())
                                    caf::anon_send(life, atom::look_v);
                                }};
  routes.add("GET", "/api/v1/jobs/{id}", for_users(show_job(jobs)));
  routes.add("POST", "/api/v1/jobs/{id}/retry", for_users(retry_job(jobs)));
  routes.add("GET", "/api/v1/desk/notes", for_users(list_notes(of.readers)));
  routes.add("GET", "/api/v1/desk/tickets/{id}/notes", for_users(ticket_notes(of.readers)));
  chat::add_routes(routes, auth, of);
  routes.add("GET", "/desk/", desk_page());
  routes.add("GET", "/openapi.json", [](const net::http::request&, net::http::reply answer) {
    net::http::response result;
    result.body = pages::openapi;
    answer(std::move(result));
  });
  return routes;
}

} // namespace troupe::actors::api
