#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::testing;

namespace {

names last_types(const job_bench& job, std::size_t count) {
  return {job.types.end() - static_cast<std::ptrdiff_t>(count), job.types.end()};
}

} // namespace

TEST_CASE("a job whose desk is spared waits without losing its attempt, and outside of memory") {
  job_bench job;
  job.begin_write();
  const auto decided = job.write_fails(desk_fault::held, 60s);
  const auto* wait = find<postponed>(decided.events);
  REQUIRE(wait);
  CHECK(wait->retry_at >= job.now + 60s);
  CHECK(wait->step == "write_note");
  CHECK_FALSE(wait->circuit);
  CHECK(decided.events.size() == 1);
  CHECK(job_core::finished(job.state));
  const auto row = job_core::project(job.state);
  CHECK(row.status == job_status::pending);
  CHECK(row.attempt == 1);
  CHECK(row.error == "desk trouble");
  CHECK(row.due_at == wait->retry_at);
}

TEST_CASE("a postponed job goes on with the same attempt and note when its time has come") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::held, 60s);
  CHECK(does_nothing(job.wake()));
  job.now = job.state.due_at;
  const auto decided = job.wake();
  CHECK(last_types(job, 2) == names{"claimed", "write_started"});
  CHECK(find<claimed>(decided.events)->attempt == 1);
  CHECK(find<write_note>(decided.effects)->write == 2);
  job.written();
  CHECK(job_core::project(job.state).status == job_status::completed);
  CHECK(job_core::project(job.state).error.empty());
  CHECK(job.rebuilt().phase == job_phase::completed);
}

TEST_CASE("being put off again and again costs neither attempts, writes, claims nor active time") {
  job_bench job;
  job.begin_write();
  for (int i = 0; i < 40; ++i) {
    job.now += 30s;
    REQUIRE(find<postponed>(job.write_fails(desk_fault::held, 60s).events));
    job.now = job.state.due_at;
    job.wake();
  }
  CHECK(job.state.attempt == 1);
  CHECK(job.state.used < 1s);
  job.written();
  CHECK(job_core::project(job.state).status == job_status::completed);
}

TEST_CASE("a circuit that stays open for an attempt's time limit fails the attempt") {
  job_bench job;
  job.begin_write();
  REQUIRE(find<postponed>(job.write_fails(desk_fault::circuit_open, 30s).events)->circuit);
  while (job.now < start_time + 120s) {
    job.now = job.state.due_at;
    job.wake();
    if (find<failed>(job.write_fails(desk_fault::circuit_open, 30s).events))
      break;
  }
  CHECK(last_types(job, 2) == names{"write_refused", "failed"});
  CHECK(job.now >= start_time + 120s);
  job.now = job.state.due_at;
  job.wake();
  CHECK(job.state.attempt == 2);
  CHECK(find<postponed>(job.write_fails(desk_fault::circuit_open, 30s).events));
}

TEST_CASE("a write that reached the desk begins the time that a circuit may stay open anew") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::circuit_open, 30s);
  job.now = job.state.due_at;
  job.wake();
  job.write_fails(desk_fault::unknown_outcome);
  CHECK_FALSE(job.state.spared_since);
}

TEST_CASE("a look that is put off postpones the job, which looks again before it writes") {
  job_bench job;
  job.begin_write();
  const auto unknown = job.write_fails(desk_fault::unknown_outcome);
  job.now += 35s;
  const auto looking = job.tell(fired(unknown, timer_kind::look));
  const auto* look = find<look_for_note>(looking.effects);
  REQUIRE(look);
  CHECK(look->deadline == job.now + 30s);
  const auto decided =
      job.tell(note_looked_up{1, 0, desk_failure{desk_fault::circuit_open, "the desk's circuit is open", 20s}});
  REQUIRE(find<postponed>(decided.events));
  CHECK(job_core::finished(job.state));
  job.now = job.state.due_at;
  const auto again = job.wake();
  CHECK(find<claimed>(again.events)->attempt == 1);
  CHECK(find<look_for_note>(again.effects));
  CHECK_FALSE(find<write_note>(again.effects));
}

TEST_CASE("an operator may make a postponed job due at once, with all attempts before it") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::held, 30min);
  job.tell(operator_retry{"ann"});
  job.wake();
  CHECK(job.state.attempt == 1);
  CHECK(job.state.phase == job_phase::writing);
}

TEST_CASE("a postponed event survives its JSON text") {
  const postponed event{"write_note", "the desk's circuit is open", start_time + 7s, true};
  const auto stored = job_core::encode(event);
  CHECK(stored.type == "postponed");
  const auto back = std::get<postponed>(job_core::decode(stored.type, stored.payload));
  CHECK(back.step == event.step);
  CHECK(back.reason == event.reason);
  CHECK(back.retry_at == event.retry_at);
  CHECK(back.circuit);
}
