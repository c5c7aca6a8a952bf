#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "actors/api/desk_page.hpp"
#include "actors/api/health.hpp"
#include "actors/api/jobs.hpp"
#include "actors/ticket/offline.hpp"
#include "door_fixture.hpp"
#include "tests/support/fake_caller.hpp"
#include "tests/support/token_issuer.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using nlohmann::json;

namespace {

struct fixture : testing::door_fixture {
  int looks = 0;
  std::shared_ptr<const config::ticket_workflow> workflow = std::make_shared<config::ticket_workflow>();
  actors::api::job_route_services services{readers, journal, workflow, time, chance, [this] { ++looks; }};
  actors::api::user_handler show = actors::api::show_job(services);
  actors::api::user_handler retry = actors::api::retry_job(services);

  std::string accept_job() {
    return json::parse(deliver(signed_request(body_of("7"))).body).at("job_id");
  }

  net::http::response call(const actors::api::user_handler& what, const std::string& id,
                           const std::string& tenant = "acme") {
    net::http::request r;
    r.id = "corr-2";
    r.parameters = {{"id", id}};
    net::jwt::claims who;
    who.sub = "ann";
    who.tenant = tenant;
    return ask([&](const net::http::request& request, net::http::reply answer) { what(request, who, answer); }, r);
  }

  void dead_letter(const std::string& id) {
    const storage::entity_key key{"acme", storage::entity_kind::ticket_job, id};
    store->write(*actors::ticket::give_up_offline(key, store->events(key), "the desk is gone", time->now()).append);
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a job is shown to its tenant with its steps") {
  const auto id = accept_job();
  const auto answer = call(show, id);
  REQUIRE(answer.status == 200);
  const auto job = json::parse(answer.body);
  CHECK(job.at("job_id") == id);
  CHECK(job.at("ticket_id") == "7");
  CHECK(job.at("status") == "pending");
  CHECK(job.at("priority") == "high");
  CHECK(job.at("correlation_id") == "corr-1");
  CHECK(job.at("note").is_null());
  REQUIRE(job.at("steps").size() == 1);
  CHECK(job.at("steps")[0].at("event") == "accepted");
}

TEST_CASE_METHOD(fixture, "another tenant's job, an unknown one and what can't be an id are all not found") {
  const auto id = accept_job();
  CHECK(call(show, id, "other").status == 404);
  CHECK(call(show, "01890a5d-ac96-774b-bcce-b302099a8057").status == 404);
  CHECK(call(show, "' or 1=1 --").status == 404);
  CHECK(call(retry, id, "other").status == 404);
}

TEST_CASE_METHOD(fixture, "a dead job is shown as failed and can be retried once") {
  const auto id = accept_job();
  dead_letter(id);
  const auto dead = json::parse(call(show, id).body);
  CHECK(dead.at("status") == "failed");
  CHECK(dead.at("dead_letter") == true);
  CHECK(dead.at("error") == "the desk is gone");
  CHECK(call(retry, id).status == 202);
  CHECK(looks == 1);
  CHECK(store->job("acme", id)->status == storage::job_status::pending);
  CHECK(json::parse(call(show, id).body).at("status") == "pending");
}

TEST_CASE_METHOD(fixture, "a job that can't be retried says why") {
  const auto refused = call(retry, accept_job());
  CHECK(refused.status == 409);
  CHECK_FALSE(json::parse(refused.body).at("detail").get<std::string>().empty());
  CHECK(looks == 0);
}

TEST_CASE_METHOD(fixture, "while storage fails a job is answered 503") {
  const auto id = accept_job();
  store->fail_reads(1);
  CHECK(call(show, id).status == 503);
  CHECK(call(show, id).status == 200);
}

TEST_CASE_METHOD(fixture, "a job whose journal can't be read is shown without its steps, and says so") {
  const auto id = accept_job();
  store->tamper({"acme", storage::entity_kind::ticket_job, id},
                [](std::vector<storage::stored_event>& events) { events[0].payload = "{"; });
  const auto answer = call(show, id);
  REQUIRE(answer.status == 200);
  const auto job = json::parse(answer.body);
  CHECK(job.at("job_id") == id);
  CHECK(job.at("ticket_id") == "7");
  CHECK(job.at("error") == "its journal can't be read");
  CHECK(job.at("steps").empty());
  CHECK(job.at("note").is_null());

  // Once it was set aside, the record tells more.
  const storage::entity_key key{"acme", storage::entity_kind::ticket_job, id};
  store->open_writer()->mark_job(key, storage::job_status::dead, "its journal can't be read: event 1", time->now());
  const auto dead = json::parse(call(show, id).body);
  CHECK(dead.at("status") == "failed");
  CHECK(dead.at("error") == "its journal can't be read: event 1");
  const auto corrupt = call(retry, id);
  CHECK(corrupt.status == 500);
  CHECK(json::parse(corrupt.body).at("correlation_id") == "corr-2");
}

TEST_CASE_METHOD(fixture, "the local desk's notes are shown to their tenant only") {
  store->open_writer()->put_local_note("acme", {"n1", "7", "**hi**", "<p><strong>hi</strong></p>", time->now()},
                                       "ref: 1");
  const auto list = actors::api::list_notes(readers);
  CHECK(json::parse(call(list, "").body).at("notes").size() == 1);
  CHECK(json::parse(call(list, "", "other").body).at("notes").empty());
  const auto of_ticket = actors::api::ticket_notes(readers);
  CHECK(json::parse(call(of_ticket, "7").body).at("notes")[0].at("id") == "n1");
  CHECK(json::parse(call(of_ticket, "8").body).at("notes").empty());
  store->fail_reads(1);
  CHECK(call(list, "").status == 503);
}

TEST_CASE_METHOD(fixture, "a local note comes with its ticket as long as the job can be read") {
  const auto id = accept_job();
  const auto writer = store->open_writer();
  writer->put_local_note("acme", {"n1", "7", "**hi**\n\nref: " + id, "", time->now()}, "ref: " + id);
  const auto list = actors::api::list_notes(readers);
  const auto ticket = [&] { return json::parse(call(list, "").body).at("notes").at(0).at("ticket"); };
  CHECK(ticket() == json{{"subject", ""}, {"description", "The printer is on fire"}, {"priority", "high"}});
  store->tamper({"acme", storage::entity_kind::ticket_job, id},
                [](std::vector<storage::stored_event>& events) { events[0].payload = "{"; });
  CHECK(ticket().is_null());
  writer->put_local_note("other", {"n2", "7", "**hi**\n\nref: " + id, "", time->now()}, "ref: " + id);
  CHECK(json::parse(call(list, "", "other").body).at("notes").at(0).at("ticket").is_null());
}

TEST_CASE_METHOD(fixture, "the desk's page forbids everything but its own script and style and its origin") {
  const auto page = ask(actors::api::desk_page(), {});
  CHECK(page.status == 200);
  const auto policy = header(page, "Content-Security-Policy");
  CHECK(policy.starts_with("default-src 'none'; script-src 'sha256-"));
  CHECK(policy.find("unsafe") == policy.npos);
}

namespace {

struct health_fixture : testing::door_fixture {
  std::shared_ptr<std::atomic<bool>> ready = std::make_shared<std::atomic<bool>>(true);
  std::shared_ptr<config::settings> settings = std::make_shared<config::settings>();
  net::http::router routes;

  testing::fake_peer issuer; ///< of tokens, where there is one

  void add(std::shared_ptr<net::jwt::key_cache> keys = nullptr) {
    const actors::api::authenticator::services with{std::make_shared<const config::jwt_settings>(settings->jwt),
                                                    directory, time, std::move(keys)};
    actors::api::add_health_routes(routes, {readers, journal, health, ready, &metrics, settings, "abc",
                                            std::make_shared<const actors::api::authenticator>(with)});
  }

  net::http::response get(const std::string& path, const std::string& authorization = {}) {
    net::http::request r;
    r.method = "GET";
    r.path = path;
    if (!authorization.empty())
      r.headers.emplace_back("Authorization", authorization);
    std::optional<net::http::response> result;
    routes.route(r, net::http::reply{[&](net::http::response what) { result = std::move(what); }});
    run();
    return std::move(result).value();
  }
};

} // namespace

TEST_CASE_METHOD(health_fixture, "a server that has no keys to verify tokens with isn't ready, and says so") {
  net::jwt::key_cache_settings where;
  where.url = "https://login.example.com/keys";
  const auto keys = net::jwt::key_cache::make(issuer.dialer(), where, [this] { return time->monotonic(); });
  add(keys);
  keys->refresh_if_due();
  issuer.answer(500, "down");
  CHECK(get("/health/ready").status == 503);
  CHECK(get("/health/ready").body == R"({"reason":"no keys to verify tokens with","status":"unhealthy"})");
  CHECK(get("/api/v1/health/auth").status == 503);
  CHECK(get("/health/live").status == 200);
  time->advance(10s);
  keys->refresh_if_due();
  issuer.answer(200, R"({"keys":[)" + testing::token_issuer::ed25519().jwk() + "]}");
  CHECK(get("/health/ready").status == 200);
  CHECK(get("/api/v1/health/auth").body == R"({"age_seconds":0,"keys":1,"status":"healthy"})");
  time->advance(15min);
  keys->refresh_if_due();
  issuer.answer(500, "down");
  CHECK(get("/api/v1/health/auth").body
        == R"({"age_seconds":900,"keys":1,"reason":"the last fetch of the key set failed","status":"degraded"})");
  CHECK(get("/health/ready").status == 200);
}

TEST_CASE_METHOD(health_fixture, "health says healthy; readiness follows start, stop and storage") {
  add();
  CHECK(get("/health").body == R"({"status":"healthy"})");
  CHECK(get("/health/live").status == 200);
  CHECK(get("/health/ready").status == 200);
  health->failed(storage::fault::full);
  const auto full = get("/health/ready");
  CHECK(full.status == 503);
  CHECK(json::parse(full.body).at("reason") == "no space left");
  health->wrote();
  store->fail_reads(1);
  CHECK(get("/health/ready").status == 503);
  CHECK(get("/health/ready").status == 200);
  ready->store(false);
  CHECK(get("/health/ready").status == 503);
  CHECK(get("/health").status == 200);
}

TEST_CASE_METHOD(health_fixture, "each part tells its own health, and unknown ones are named") {
  config::provider_settings provider;
  provider.name = "main";
  provider.model = "m1";
  settings->llm.providers = {provider};
  add();
  deliver(signed_request(body_of("7")));
  CHECK(json::parse(get("/api/v1/health/queue").body).at("pending") == 1);
  CHECK(get("/api/v1/health/database").status == 200);
  CHECK(get("/api/v1/health/workers").status == 200);
  CHECK(json::parse(get("/api/v1/health/agents").body).at("workflows")[0].at("version") == "abc");
  CHECK(json::parse(get("/api/v1/health/redis").body).at("status") == "off");
  CHECK(json::parse(get("/api/v1/health/anthropic").body).at("status") == "off");
  CHECK(json::parse(get("/api/v1/health/openai").body).at("provider") == "main");
  CHECK(json::parse(get("/api/v1/health/main").body).at("circuit") == "closed");
  CHECK(get("/api/v1/health/nonsense").status == 404);
}

TEST_CASE_METHOD(health_fixture, "metrics show the queue's depth, also while storage is down, and may want a token") {
  add();
  deliver(signed_request(body_of("7")));
  CHECK(get("/metrics").body.find(R"(queue_depth{status="pending"} 1)") != std::string::npos);
  store->fail_reads(1);
  CHECK(get("/metrics").status == 200);
  settings->server.metrics_token = config::secret{"scrape"};
  CHECK(get("/metrics").status == 401);
  CHECK(get("/metrics", "Bearer scrape").status == 200);
}
