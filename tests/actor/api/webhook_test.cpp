#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "door_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using fixture = testing::door_fixture;
using nlohmann::json;

TEST_CASE_METHOD(fixture, "a signed ticket is answered 202 once its job is durable") {
  bool committed = false;
  store->before_commit([&] { committed = true; });
  const auto answer = deliver(signed_request(body_of("7")));
  CHECK(committed);
  REQUIRE(answer.status == 202);
  const auto body = json::parse(answer.body);
  CHECK(body.at("status") == "accepted");
  const auto id = body.at("job_id").get<std::string>();
  CHECK(header(answer, "Location") == "/api/v1/jobs/" + id);
  const auto row = store->job("acme", id);
  REQUIRE(row);
  CHECK(row->ticket_id == "7");
  CHECK(row->status == storage::job_status::pending);
  CHECK(row->priority == storage::priority::high);
  CHECK(row->correlation_id == "corr-1");
  REQUIRE(accepted.size() == 1);
  CHECK(accepted[0]->id == id);
}

TEST_CASE_METHOD(fixture, "a job that nobody has room for is accepted all the same: the database has it") {
  wanted->store(false);
  CHECK(deliver(signed_request(body_of("7"))).status == 202);
  CHECK(accepted.empty());
}

TEST_CASE_METHOD(fixture, "the same delivery again gets the same job") {
  const auto first = deliver(signed_request(body_of("7")));
  time->advance(1min);
  const auto second = deliver(signed_request(body_of("7")));
  CHECK(second.status == 202);
  CHECK(second.body == first.body);
  CHECK(accepted.size() == 1);
}

TEST_CASE_METHOD(fixture, "after a day the same body is a new delivery") {
  const auto first = deliver(signed_request(body_of("7")));
  time->advance(25h);
  const auto second = deliver(signed_request(body_of("7")));
  CHECK(second.status == 202);
  CHECK(second.body != first.body);
}

TEST_CASE_METHOD(fixture, "an unknown tenant and a wrong signature get one and the same answer") {
  const auto wrong = deliver(signed_request(body_of("7"), "not the secret"));
  const auto unknown = deliver(signed_request(body_of("7", "nobody")));
  CHECK(wrong.status == 401);
  CHECK(unknown.status == 401);
  CHECK(wrong.body == unknown.body);
  CHECK(wrong.headers == unknown.headers);
  CHECK(accepted.empty());
}

TEST_CASE_METHOD(fixture, "a stale delivery is refused like a wrong signature") {
  const auto old = signed_request(body_of("7"));
  time->advance(6min);
  CHECK(deliver(old).status == 401);
}

TEST_CASE_METHOD(fixture, "someone else's tenant in the body is refused") {
  storage::tenant other;
  other.id = "other";
  other.signing_secrets = {config::secret{"other's"}};
  directory->publish(std::make_shared<actors::tenant_table>(2, std::vector{acme, other}));
  CHECK(deliver(signed_request(body_of("7", "other"), "s3cret")).status == 401);
}

TEST_CASE_METHOD(fixture, "both secrets are good while a tenant rotates them") {
  acme.signing_secrets = {config::secret{"new"}, config::secret{"s3cret"}};
  publish();
  CHECK(deliver(signed_request(body_of("1"), "new")).status == 202);
  CHECK(deliver(signed_request(body_of("2"), "s3cret")).status == 202);
}

TEST_CASE_METHOD(fixture, "faults of fields are told only to whom the signature holds") {
  const std::string body = R"({"tenant_id":"acme","ticket_id":7,"description":"","priority":"soon"})";
  CHECK(deliver(signed_request(body, "wrong")).status == 401);
  const auto answer = deliver(signed_request(body));
  REQUIRE(answer.status == 400);
  std::vector<std::string> pointers;
  const auto body_of_answer = json::parse(answer.body);
  for (const auto& fault : body_of_answer.at("errors"))
    pointers.push_back(fault.at("pointer"));
  std::ranges::sort(pointers);
  CHECK(pointers == std::vector<std::string>{"/description", "/priority", "/ticket_id"});
}

TEST_CASE_METHOD(fixture, "a body that isn't JSON is refused before anybody asks who signed it") {
  CHECK(deliver(signed_request("{", "wrong")).status == 400);
}

TEST_CASE_METHOD(fixture, "a tenant's limit counts signed deliveries, repeats included, and says when to come again") {
  acme.webhooks_per_minute = 2;
  publish();
  CHECK(deliver(signed_request(body_of("7"))).status == 202);
  CHECK(deliver(signed_request(body_of("7"))).status == 202);
  const auto refused = deliver(signed_request(body_of("8")));
  CHECK(refused.status == 429);
  CHECK(header(refused, "Retry-After") == "30");
  time->advance(30s);
  CHECK(deliver(signed_request(body_of("8"))).status == 202);
}

TEST_CASE_METHOD(fixture, "deliveries of strangers don't use up the tenant's limit but their own") {
  acme.webhooks_per_minute = 1;
  publish();
  for (unsigned i = 0; i < actors::api::failures_per_minute; ++i)
    CHECK(deliver(signed_request(body_of("7"), "wrong")).status == 401);
  CHECK(deliver(signed_request(body_of("7"), "wrong")).status == 429);
  auto elsewhere = signed_request(body_of("7"), "wrong");
  elsewhere.remote_address = "192.0.2.2";
  CHECK(deliver(elsewhere).status == 401);
  CHECK(deliver(signed_request(body_of("7"))).status == 202);
}

TEST_CASE_METHOD(fixture, "what can't be stored is answered 503, and storage's health shows it until it works again") {
  store->fail_writes(1, storage::fault::full);
  const auto refused = deliver(signed_request(body_of("7")));
  CHECK(refused.status == 503);
  CHECK_FALSE(header(refused, "Retry-After").empty());
  CHECK(health->fault() == storage::fault::full);
  CHECK(accepted.empty());
  CHECK(deliver(signed_request(body_of("7"))).status == 202);
  CHECK_FALSE(health->fault());
}

TEST_CASE_METHOD(fixture,
                 "a delivery that comes while its tenant is removed is turned away, and storage stays healthy") {
  store->open_writer()->add_tenant(acme);
  REQUIRE(store->open_writer()->remove_tenant("acme"));
  CHECK(deliver(signed_request(body_of("7"))).status == 503);
  CHECK_FALSE(health->fault());
}

TEST_CASE_METHOD(fixture, "while what is stored can't be read back nothing is accepted") {
  health->looked(storage::fault::corrupt);
  CHECK(deliver(signed_request(body_of("7"))).status == 503);
  health->wrote();
  CHECK(health->fault() == storage::fault::corrupt);
  CHECK(accepted.empty());
  health->looked(std::nullopt);
  CHECK(deliver(signed_request(body_of("7"))).status == 202);
}

TEST_CASE_METHOD(fixture, "unreadable bodies count against their source") {
  for (unsigned i = 0; i < actors::api::failures_per_minute; ++i)
    CHECK(deliver(signed_request("{")).status == 400);
  CHECK(deliver(signed_request("{")).status == 429);
}

TEST_CASE_METHOD(fixture, "a traceparent travels into the journal, an invalid one doesn't") {
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  auto with = signed_request(body_of("1"));
  with.headers.emplace_back("traceparent", trace);
  deliver(with);
  auto bad = signed_request(body_of("2"));
  bad.headers.emplace_back("traceparent", "nonsense");
  deliver(bad);
  REQUIRE(accepted.size() == 2);
  CHECK(std::get<actors::ticket::accepted>(accepted[0]->known->at(0).event).traceparent == trace);
  CHECK(std::get<actors::ticket::accepted>(accepted[1]->known->at(0).event).traceparent.empty());
}

TEST_CASE_METHOD(fixture, "deliveries are counted by tenant and outcome, strangers under one name") {
  deliver(signed_request(body_of("7")));
  deliver(signed_request(body_of("7")));
  deliver(signed_request(body_of("7", "nobody")));
  const auto text = metrics.render();
  CHECK(text.find(R"(troupe_webhooks_total{outcome="accepted",tenant_id="acme"} 1)") != std::string::npos);
  CHECK(text.find(R"(troupe_webhooks_total{outcome="duplicate",tenant_id="acme"} 1)") != std::string::npos);
  CHECK(text.find(R"(troupe_webhooks_total{outcome="unauthorized",tenant_id="unknown"} 1)") != std::string::npos);
  CHECK(text.find("nobody") == std::string::npos);
}
