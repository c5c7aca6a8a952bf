#include "actors/api/routes.hpp"

#include <string_view>
#include <utility>

#include <caf/send.hpp>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "actors/api/auth.hpp"
#include "actors/api/chat/routes.hpp"
#include "actors/api/desk_page.hpp"
#include "actors/api/guest.hpp"
#include "actors/api/health.hpp"
#include "actors/api/jobs.hpp"
#include "actors/api/page.hpp"
#include "actors/api/refresh.hpp"
#include "actors/api/webhook.hpp"

namespace troupe::actors::api {

namespace pages {
extern const std::string_view chat;
extern const std::string_view openapi;
} // namespace pages

namespace {

std::shared_ptr<const authenticator> make_authenticator(parts& of) {
  const auto& jwt = of.settings->jwt;
  authenticator::services with{std::make_shared<const config::jwt_settings>(jwt), of.tenants, of.time};
  if (!jwt.jwks_url.empty()) {
    net::jwt::key_cache_settings where;
    where.url = jwt.jwks_url;
    where.ca_file = jwt.jwks_ca_file.string();
    auto& fetches = prometheus::BuildCounter()
                        .Name("troupe_key_fetches_total")
                        .Help("Fetches of the issuer's key set, by outcome: new keys, the same as before, failed")
                        .Register(of.metrics.registry());
    for (const auto* outcome : {"new", "same", "failed"})
      fetches.Add({{"outcome", outcome}});
    with.keys = net::jwt::key_cache::make(
        *of.dial, std::move(where), [time = of.time] { return time->monotonic(); },
        [&fetches](std::string_view outcome) {
          fetches.Add({{"outcome", std::string{outcome}}}).Increment();
        });
  }
  return std::make_shared<const authenticator>(std::move(with));
}

} // namespace

net::http::router make_routes(parts& of) {
  net::http::router routes;
  of.tokens = make_authenticator(of);
  add_health_routes(
      routes, {of.readers, of.journal, of.health, of.ready, &of.metrics, of.settings, of.workflow->version, of.tokens});

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
  routes.add("POST", "/api/v1/auth/refresh", refresh_route({of.settings, of.tenants, of.journal, of.time}),
             "application/json");
  routes.add("POST", "/api/v1/auth/guest", guest_tokens({of.settings, of.tenants, of.tokens, of.time}));
  routes.add("GET", "/desk/", desk_page());
  routes.add("GET", "/", serve_page(pages::chat));
  routes.add("GET", "/openapi.json", [](const net::http::request&, net::http::reply answer) {
    net::http::response result;
    result.body = pages::openapi;
    answer(std::move(result));
  });
  return routes;
}

} // namespace troupe::actors::api
