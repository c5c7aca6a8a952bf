#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "actors/api/give_up.hpp"
#include "actors/api/housekeeper.hpp"
#include "actors/api/jobs.hpp"
#include "actors/ticket/offline.hpp"
#include "door_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using nlohmann::json;
using storage::job_status;

namespace {

struct fixture : testing::door_fixture {
  int failures = 0;
  actors::api::give_up_services services{readers, journal, time, [this] { ++failures; }};
  std::string id = json::parse(deliver(signed_request(body_of("7"))).body).at("job_id");
  storage::entity_key key{"acme", storage::entity_kind::ticket_job, id};
  std::string payload = store->events(key).at(0).payload;

  void spoil() {
    store->tamper(key, [](auto& events) { events.at(0).payload = "no JSON"; });
  }

  void mend() {
    store->tamper(key, [this](auto& events) { events.at(0).payload = payload; });
  }

  void give_up() {
    actors::api::give_up_job(services, "acme", id, "exception");
    run();
  }

  actors::ticket::offline_decision decide(actors::ticket::job_command what) {
    const auto job = store->open_reader()->find_job("acme", id);
    return actors::ticket::decide_offline(*job, store->events(key), std::move(what), {time->now(), 0, id}, {});
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a job that no life survives becomes a dead letter that says so") {
  give_up();
  CHECK(store->job("acme", id)->status == job_status::dead);
  CHECK(store->job("acme", id)->error == "its actor keeps ending: exception");
  CHECK(store->events(key).back().type == "dead_lettered");
  CHECK(failures == 0);
}

TEST_CASE_METHOD(fixture, "a job whose journal can't be read is dead in its record and claimed no more") {
  spoil();
  give_up();
  CHECK(store->job("acme", id)->status == job_status::dead);
  CHECK(store->job("acme", id)->error.starts_with("its journal can't be read: "));
  CHECK(store->events(key).size() == 1);
  CHECK(store->open_reader()->due_jobs(time->now() + 1h, 10, {}).empty());
  CHECK(store->open_writer()->release_running_jobs(time->now()) == 0);
  CHECK(failures == 0);
}

TEST_CASE_METHOD(fixture, "a job that can be read again is given up in its journal before it is retried or discarded") {
  spoil();
  give_up();
  CHECK_THROWS_AS(decide(actors::ticket::operator_retry{"cli"}), storage::error);
  mend();

  const auto discarded = decide(actors::ticket::operator_discard{"cli"});
  REQUIRE(discarded.append);
  CHECK(discarded.append->events.back().type == "discarded");

  const auto retried = decide(actors::ticket::operator_retry{"cli"});
  REQUIRE(retried.append);
  store->write(*retried.append);
  CHECK(store->events(key).at(1).type == "dead_lettered");
  CHECK(store->events(key).at(2).type == "retried");
  CHECK(store->job("acme", id)->status == job_status::pending);
  CHECK(store->job("acme", id)->error.empty());
}

TEST_CASE_METHOD(fixture, "a job that can't be given up for now is tried again") {
  SECTION("since it can't be read for now") {
    store->fail_reads(1);
  }
  SECTION("since its end can't be written") {
    store->fail_writes(1);
  }
  SECTION("since its record can't be written") {
    spoil();
    store->fail_writes(1);
  }
  give_up();
  CHECK(failures == 1);
  CHECK(store->job("acme", id)->status == job_status::pending);
}

TEST_CASE_METHOD(testing::door_fixture, "the housekeeper removes what a removed tenant has left, piece after piece") {
  store->leave_removed(3);
  spawn(actors::api::housekeeper, actors::api::housekeeping{journal, time, [] {}, [] {}},
        std::chrono::milliseconds{10s});
  advance(9s);
  CHECK(store->removed_left() == 3);
  advance(2s);
  CHECK(store->removed_left() == 0);
}
