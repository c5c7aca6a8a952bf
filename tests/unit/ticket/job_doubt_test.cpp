#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::testing;

TEST_CASE("an unknown outcome is looked into after the write's time and the margin, not before") {
  job_bench job;
  job.begin_write();
  job.now += 2s;
  job.desk_took = 2s;
  const auto decided = job.write_fails(desk_fault::unknown_outcome);
  CHECK(job.types.back() == "write_unknown");
  CHECK_FALSE(find<look_for_note>(decided.effects));
  const auto* order = find<set_timer>(decided.effects);
  REQUIRE(order);
  CHECK(order->kind == timer_kind::look);
  CHECK(order->after == 33s); // what is left of the write's 30 s, and the margin of 5 s

  job.now += order->after;
  const auto looking = job.tell(fired(decided, timer_kind::look));
  const auto* look = find<look_for_note>(looking.effects);
  REQUIRE(look);
  CHECK(look->write == 1);
  CHECK(look->round == 0);
  CHECK(look->ticket_id == "4711");
  CHECK(look->marker == "ref: " + std::string{job_id});
  CHECK(looking.events.empty());
}

TEST_CASE("a clock that is set while a write is under way makes nobody look too early, nor too late") {
  for (const auto jump : {std::chrono::hours{24}, -std::chrono::hours{24}}) {
    job_bench job;
    job.begin_write();
    job.now += jump;
    job.desk_took = 30s;
    const auto decided = job.write_fails(desk_fault::unknown_outcome);
    CHECK_FALSE(find<look_for_note>(decided.effects));
    CHECK(find<set_timer>(decided.effects)->after == 5s);
  }
}

TEST_CASE("a note that is found completes the job without a second write") {
  job_bench job;
  job.begin_write();
  const auto unknown = job.write_fails(desk_fault::unknown_outcome);
  job.now += 35s;
  job.tell(fired(unknown, timer_kind::look));
  const auto before = job.types.size();
  const auto decided = job.tell(note_looked_up{1, 0, note_search{"n7"}});
  CHECK(new_types(job, before) == names{"note_written", "completed"});
  CHECK(find<note_written>(decided.events)->found);
  CHECK(job_core::project(job.state).note_id == "n7");
}

TEST_CASE("a note that certainly isn't there is written again") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  job.now += 35s;
  const auto decided = job.tell(note_looked_up{1, 0, note_search{}});
  CHECK(job.types.back() == "write_started");
  CHECK(find<write_note>(decided.effects)->write == 2);
}

TEST_CASE("an attempt writes no more than its number of times") {
  auto settings = workflow();
  settings.time_limit = 1h;
  job_bench job{settings};
  job.begin_write();
  for (int write = 1; write <= 3; ++write) {
    REQUIRE(job.state.writes == static_cast<std::uint32_t>(write));
    job.write_fails(desk_fault::unknown_outcome);
    job.now += 35s;
    job.tell(note_looked_up{job.state.writes, 0, note_search{}});
  }
  CHECK(job.types.back() == "failed");
  CHECK(job.state.writes == 3);
  CHECK(contains(job.state.error, "did not confirm any of 3 writes"));
  CHECK(job.state.open.has_value());

  // The next attempt still looks before it writes.
  job.now = job.state.due_at;
  const auto decided = job.wake();
  CHECK(find<look_for_note>(decided.effects));
  CHECK_FALSE(find<write_note>(decided.effects));
}

TEST_CASE("a look that fails is repeated with back-off, then the attempt fails") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  job.now += 35s;
  for (std::uint32_t round = 0; round < 2; ++round) {
    const auto decided = job.tell(note_looked_up{1, round, desk_failure{desk_fault::unavailable, "down", {}}});
    CHECK(decided.events.empty());
    const auto timer = fired(decided, timer_kind::look);
    CHECK(timer.round == round + 1);
    const auto looking = job.tell(timer);
    REQUIRE(find<look_for_note>(looking.effects));
    CHECK(find<look_for_note>(looking.effects)->round == round + 1);
  }
  const auto decided = job.tell(note_looked_up{1, 2, desk_failure{desk_fault::unavailable, "down", {}}});
  REQUIRE(find<failed>(decided.events));
  CHECK(job.state.error == "whether the note was written is unknown: down");
  CHECK(job.state.writes == 1);
}

TEST_CASE("a look that no repetition can help gives the job up") {
  for (const auto fault : {desk_fault::unauthorized, desk_fault::not_found, desk_fault::refused}) {
    job_bench job;
    job.begin_write();
    job.write_fails(desk_fault::unknown_outcome);
    job.now += 35s;
    job.tell(note_looked_up{1, 0, desk_failure{fault, "key refused", {}}});
    CHECK(job.types.back() == "dead_lettered");
  }
}

TEST_CASE("a look that the desk asks to delay is delayed") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  job.now += 35s;
  const auto decided = job.tell(note_looked_up{1, 0, desk_failure{desk_fault::rate_limited, "slow down", 90s}});
  CHECK(find<set_timer>(decided.effects)->after >= 90s);
}

// -- Time ------------------------------------------------------------------------------------------------------------
