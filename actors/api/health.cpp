#include "actors/api/health.hpp"

#include <utility>

#include <nlohmann/json.hpp>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "net/digest.hpp"

namespace troupe::actors::api {

namespace http = net::http;
using nlohmann::json;

namespace {

http::response answer_of(const json& body, bool healthy) {
  http::response result;
  result.status = healthy ? 200 : 503;
  result.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return result;
}

const char* fault_name(storage::fault fault) {
  switch (fault) {
  case storage::fault::unavailable:
    return "unavailable";
  case storage::fault::full:
    return "no space left";
  case storage::fault::corrupt:
    return "corrupt";
  case storage::fault::newer_schema:
    return "newer schema";
  case storage::fault::older_schema:
    return "older schema";
  case storage::fault::wrong_key:
    return "wrong master key";
  case storage::fault::refused:
    return "refused";
  }
  return "unknown";
}

/// The queue's depth by state, shown by health and, at each scrape, by metrics.
struct depth_gauges {
  explicit depth_gauges(prometheus::Registry& registry) {
    auto& family =
        prometheus::BuildGauge().Name("queue_depth").Help("Ticket jobs in the database by state.").Register(registry);
    pending = &family.Add({{"status", "pending"}});
    running = &family.Add({{"status", "running"}});
    dead = &family.Add({{"status", "dead"}});
  }

  void show(const storage::queue_depth& depth) const {
    pending->Set(static_cast<double>(depth.pending));
    running->Set(static_cast<double>(depth.running));
    dead->Set(static_cast<double>(depth.dead));
  }

  prometheus::Gauge* pending;
  prometheus::Gauge* running;
  prometheus::Gauge* dead;
};

class health_routes {
public:
  explicit health_routes(health_services services)
      : services_{std::move(services)}, depth_{services_.metrics->registry()} {}

  void live(const http::reply& answer) const {
    answer(answer_of({{"status", "healthy"}}, true));
  }

  /// Whether work may be sent here: started, not stopping, able to verify tokens, storage readable and the last write
  /// well.
  void ready(const http::reply& answer) const {
    if (!services_.ready->load()) {
      answer(answer_of({{"status", "unhealthy"}, {"reason", "starting or stopping"}}, false));
      return;
    }
    if (const auto keys = services_.tokens->keys(); keys && keys->keys == 0) {
      answer(answer_of({{"status", "unhealthy"}, {"reason", "no keys to verify tokens with"}}, false));
      return;
    }
    database(answer);
  }

  void database(const http::reply& answer) const {
    if (const auto fault = services_.health->fault()) {
      answer(answer_of({{"status", "unhealthy"}, {"reason", fault_name(*fault)}}, false));
      return;
    }
    with_depth(answer, [](const storage::queue_depth&) { return json{{"status", "healthy"}}; });
  }

  void part(const http::request& r, const http::reply& answer) const {
    const auto name = r.parameter("part");
    if (name == "database")
      return database(answer);
    if (name == "queue")
      return with_depth(answer, [this](const storage::queue_depth& depth) {
        return json{{"status", "healthy"},
                    {"pending", depth.pending},
                    {"running", depth.running},
                    {"dead", depth.dead},
                    {"commits_waiting", services_.journal->depth()}};
      });
    if (name == "workers")
      return with_depth(answer, [](const storage::queue_depth& depth) {
        return json{{"status", "healthy"}, {"running", depth.running}};
      });
    if (name == "agents")
      return answer(answer_of(
          {{"status", "healthy"},
           {"workflows", json::array({{{"name", "ticket_enhancement"}, {"version", services_.workflow_version}}})}},
          true));
    if (name == "redis")
      return answer(answer_of({{"status", "off"}, {"reason", "no cache server is configured"}}, true));
    if (name == "auth")
      return auth(answer);
    provider(r, std::string{name}, answer);
  }

  /// The key set that tokens are verified with.
  void auth(const http::reply& answer) const {
    const auto keys = services_.tokens->keys();
    if (!keys)
      return answer(answer_of({{"status", "healthy"}, {"reason", "tokens are signed with the secret"}}, true));
    json body{{"status", keys->keys == 0       ? "unhealthy"
                         : keys->fault.empty() ? "healthy"
                                               : "degraded"},
              {"keys", keys->keys},
              {"age_seconds", keys->age.count()}};
    if (!keys->fault.empty())
      body["reason"] = "the last fetch of the key set failed";
    answer(answer_of(body, keys->keys > 0));
  }

  void metrics(const http::request& r, const http::reply& answer) const {
    const auto& token = services_.settings->server.metrics_token;
    // Digests, so that the time of the comparison tells nothing.
    if (!token.empty()
        && !net::same_digest(net::sha256({r.get("Authorization")}), net::sha256({"Bearer ", token.reveal()}))) {
      auto refused = http::problem(401, "The metrics need their bearer token.", r.id);
      refused.headers.emplace_back("WWW-Authenticate", "Bearer");
      answer(std::move(refused));
      return;
    }
    const auto render = [this, answer] {
      http::response result;
      result.content_type = "text/plain; version=0.0.4; charset=utf-8";
      result.body = services_.metrics->render();
      answer(std::move(result));
    };
    services_.readers->run(
        [this, render](storage::reader& db) {
          depth_.show(db.depth());
          render();
        },
        // The other metrics matter most when storage is down.
        [render](const storage::error&) { render(); });
  }

private:
  template <class Describe>
  void with_depth(const http::reply& answer, Describe describe) const {
    services_.readers->run([answer, describe](storage::reader& db) { answer(answer_of(describe(db.depth()), true)); },
                           [answer](const storage::error& why) {
                             answer(answer_of({{"status", "unhealthy"}, {"reason", fault_name(why.kind())}}, false));
                           });
  }

  /// A provider by its name, or the first one of that kind.
  void provider(const http::request& r, const std::string& name, const http::reply& answer) const {
    for (const auto& each : services_.settings->llm.providers)
      if (each.name == name || (name == "openai" && each.kind == config::provider_kind::openai)
          || (name == "anthropic" && each.kind == config::provider_kind::anthropic)) {
        const auto state = circuit_of(each.name);
        const auto healthy = state < 2;
        answer(answer_of({{"status", healthy ? "healthy" : "degraded"},
                          {"provider", each.name},
                          {"model", each.model},
                          {"circuit", state == 0   ? "closed"
                                      : state == 1 ? "half_open"
                                                   : "open"}},
                         healthy));
        return;
      }
    if (name == "openai" || name == "anthropic")
      return answer(answer_of({{"status", "off"}, {"reason", "no provider of this kind is configured"}}, true));
    answer(http::problem(404,
                         "There is no such part. Parts: database, queue, workers, agents, auth, redis, openai, "
                         "anthropic and the providers' names.",
                         r.id));
  }

  int circuit_of(const std::string& target) const {
    // The very gauge that the provider sets: the registry gives the same one for the same labels.
    auto& family = prometheus::BuildGauge()
                       .Name("troupe_circuit_state")
                       .Help("Circuit breakers: 0 closed, 1 half-open, 2 open.")
                       .Register(services_.metrics->registry());
    return static_cast<int>(family.Add({{"target", target}}).Value());
  }

  health_services services_;
  depth_gauges depth_;
};

} // namespace

void add_health_routes(http::router& routes, health_services services) {
  auto health = std::make_shared<const health_routes>(std::move(services));
  routes.add("GET", "/health", [health](const http::request&, http::reply answer) { health->live(answer); });
  routes.add("GET", "/health/live", [health](const http::request&, http::reply answer) { health->live(answer); });
  routes.add("GET", "/health/ready", [health](const http::request&, http::reply answer) { health->ready(answer); });
  routes.add("GET", "/api/v1/health/{part}",
             [health](const http::request& r, http::reply answer) { health->part(r, answer); });
  routes.add("GET", "/metrics", [health](const http::request& r, http::reply answer) { health->metrics(r, answer); });
}

} // namespace troupe::actors::api
