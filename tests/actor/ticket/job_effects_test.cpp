#include "actors/ticket/job_effects.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/actor_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;

namespace {

/// A gateway and a desk that only keep what they are told.
struct fixture : testing::actor_fixture {
  model_call_ptr asked;
  desk_look_ptr looked;
  std::stop_source life;

  static gateway_actor::behavior_type gateway_of(gateway_actor::pointer, fixture* test) {
    return {
        [test](atom::complete, const model_call_ptr& call) { test->asked = call; },
        [](atom::fall_back, const chained_call_ptr&) {},
    };
  }

  static desk_actor::behavior_type desk_of(desk_actor::pointer, fixture* test) {
    return {
        [](atom::write_note, const desk_write_ptr&) {},
        [test](atom::find_note, const desk_look_ptr& what) { test->looked = what; },
        [](atom::connect, const connector_ptr&) {},
        [](atom::freed, const desk_end_ptr&) {},
        [](atom::go_on, std::uint64_t) {},
    };
  }

  void carry_out(ticket::job_effect what) {
    ticket::job_services services;
    services.models.set(spawn(gateway_of, this));
    handle_ref<desk_actor> desk;
    desk.set(spawn(desk_of, this));
    const auto key = std::make_shared<const storage::entity_key>(
        storage::entity_key{"acme", storage::entity_kind::ticket_job, "job-1"});
    ticket::job_effects effects{services, desk};
    effects.run(std::move(what), feedback<ticket::job_core>{{}, key, life.get_token()});
    run();
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a model's call takes its step's limit along, and ends with the job that asked") {
  ticket::call_model what;
  what.limit = 7s;
  carry_out(what);
  REQUIRE(asked);
  CHECK(asked->tenant == "acme");
  CHECK(asked->limit == 7s);
  CHECK_FALSE(asked->stop.stop_requested());
  life.request_stop();
  CHECK(asked->stop.stop_requested());
}

TEST_CASE_METHOD(fixture, "a look for a note takes along until when it may begin") {
  ticket::look_for_note what;
  what.deadline = time->now() + 30s;
  carry_out(what);
  REQUIRE(looked);
  CHECK(looked->deadline == what.deadline);
}
