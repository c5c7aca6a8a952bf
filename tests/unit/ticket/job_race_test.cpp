#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::testing;

namespace {

model_replied good_reply(std::uint32_t attempt) {
  return {attempt, model_answer{"## Recommendations\n1. Clear the queue of print01 and restart the spooler.", "stop",
                                "openai", "m", 1, 1, 0, 100ms}};
}

} // namespace

// -- Owners ----------------------------------------------------------------------------------------------------------

TEST_CASE("a second wake by the same owner starts nothing twice, in any state") {
  job_bench job;
  const auto again = [&] { return job.tell(wake{job.epoch}); };
  job.wake();
  CHECK(does_nothing(again()));
  job.gather();
  CHECK(does_nothing(again()));
  job.fail_model();
  CHECK(does_nothing(again()));
  job.write_fails(desk_fault::unknown_outcome);
  CHECK(does_nothing(again()));
  job.written();
  CHECK(does_nothing(again()));
}

TEST_CASE("a successor claims the same attempt and gathers again if nothing was gathered") {
  job_bench job;
  job.wake();
  const auto decided = job.wake();
  CHECK(job.types.back() == "claimed");
  CHECK(job.state.attempt == 1);
  CHECK(find<gather>(decided.early_effects));
}

TEST_CASE("a successor asks the model with what was gathered") {
  job_bench job;
  job.wake();
  job.gather();
  const auto decided = job.wake();
  CHECK(job.types.back() == "claimed");
  CHECK(decided.early_effects.empty());
  REQUIRE(find<call_model>(decided.effects));
  CHECK(contains(find<call_model>(decided.effects)->messages[1].text, "HD-1002"));
}

TEST_CASE("a successor that finds an open write waits for as long as any may take, then looks before it writes") {
  job_bench job;
  job.begin_write();
  job.now += 10s;
  const auto claim = job.wake();
  CHECK(job.types.back() == "write_unknown");
  CHECK_FALSE(find<write_note>(claim.effects));
  CHECK_FALSE(find<look_for_note>(claim.effects));
  CHECK(find<set_timer>(claim.effects)->after == 35s);
  job.now += 35s;
  const auto looking = job.tell(fired(claim, timer_kind::look));
  CHECK(find<look_for_note>(looking.effects));
  const auto writing = job.tell(note_looked_up{1, 0, note_search{}});
  CHECK(find<write_note>(writing.effects)->write == 2);
}

TEST_CASE("a successor waits as long whatever the clock says: it may have been set") {
  for (const auto jump : {std::chrono::hours{24}, -std::chrono::hours{24}}) {
    job_bench job;
    job.begin_write();
    job.now += jump;
    const auto claim = job.wake();
    CHECK_FALSE(find<look_for_note>(claim.effects));
    CHECK(find<set_timer>(claim.effects)->after == 35s);
    const auto looking = job.tell(fired(claim, timer_kind::look));
    CHECK(find<look_for_note>(looking.effects));
  }
}

TEST_CASE("the next attempt after one that looked in vain looks at once") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  for (std::uint32_t round = 0; round < 3; ++round)
    job.tell(note_looked_up{1, round, desk_failure{desk_fault::unavailable, "down", {}}});
  REQUIRE(job.types.back() == "failed");
  job.now = job.state.due_at;
  CHECK(find<look_for_note>(job.wake().effects));
}

TEST_CASE("a clock that was set back gives an attempt no time") {
  job_bench job;
  job.wake();
  job.now -= 1h;
  job.gather();
  CHECK(job.state.used == 0ms);
}

TEST_CASE("a job that ends its owners again and again is given up") {
  job_bench job;
  for (int life = 0; life < 25; ++life)
    REQUIRE_FALSE(does_nothing(job.wake()));
  CHECK(job.state.claims == 25);
  job.wake();
  CHECK(job.types.back() == "dead_lettered");
  CHECK(job.state.error == "interrupted 25 times in a row at this step");
}

TEST_CASE("progress forgives earlier interruptions") {
  job_bench job;
  for (int life = 0; life < 20; ++life)
    job.wake();
  job.gather();
  for (int life = 0; life < 20; ++life)
    job.wake();
  CHECK(job_core::project(job.state).status == job_status::running);
}

// -- Late and repeated answers ---------------------------------------------------------------------------------------

TEST_CASE("context that comes twice is taken once") {
  job_bench job;
  job.wake();
  job.gather();
  CHECK(does_nothing(job.gather()));
}

TEST_CASE("context of an older attempt is not taken for this one's") {
  job_bench job;
  const auto claim = job.wake();
  job.now += 120s;
  job.tell(fired(claim, timer_kind::time_limit));
  REQUIRE(job.types.back() == "failed");
  CHECK(does_nothing(job.tell(context_gathered{1, printer_findings()})));
  job.now = job.state.due_at;
  job.wake();
  CHECK(does_nothing(job.tell(context_gathered{1, printer_findings()})));
  CHECK_FALSE(does_nothing(job.tell(context_gathered{2, printer_findings()})));
}

TEST_CASE("a model's answer that comes twice is used once") {
  job_bench job;
  job.wake();
  job.gather();
  job.tell(good_reply(1));
  CHECK(does_nothing(job.tell(good_reply(1))));
  CHECK(job.state.writes == 1);
}

TEST_CASE("a model's answer after its time limit changes nothing") {
  job_bench job;
  job.wake();
  job.gather();
  const auto begun = job.tell(model_started{1});
  job.now += 90s;
  job.tell(fired(begun, timer_kind::time_limit));
  const auto note = job.state.note->note;
  CHECK(does_nothing(job.tell(good_reply(1))));
  CHECK(job.state.note->note == note);
}

TEST_CASE("news of a model's queue that come too early, too late or for another attempt set no timer") {
  job_bench job;
  CHECK(does_nothing(job.tell(model_started{1})));
  job.wake();
  CHECK(does_nothing(job.tell(model_started{1})));
  job.gather();
  CHECK(does_nothing(job.tell(model_started{2})));
  job.tell(good_reply(1));
  CHECK(does_nothing(job.tell(model_started{1})));
}

TEST_CASE("a model's answer in a step that didn't ask for one is ignored") {
  job_bench job;
  CHECK(does_nothing(job.tell(good_reply(0))));
  job.wake();
  CHECK(does_nothing(job.tell(good_reply(1))));
}

TEST_CASE("timers of steps that are over do nothing") {
  job_bench job;
  const auto claim = job.wake();
  job.gather();
  CHECK(does_nothing(job.tell(fired(claim, timer_kind::time_limit))));
  const auto begun = job.tell(model_started{1});
  const auto writing = job.fail_model();
  CHECK(does_nothing(job.tell(fired(begun, timer_kind::time_limit))));
  job.now += 1s;
  const auto unknown = job.write_fails(desk_fault::unknown_outcome);
  CHECK(does_nothing(job.tell(fired(writing, timer_kind::write_limit))));
  job.written();
  CHECK(does_nothing(job.tell(fired(unknown, timer_kind::look))));
}

TEST_CASE("timers of the wrong kind do nothing") {
  job_bench job;
  job.wake();
  CHECK(does_nothing(job.tell(timer_fired{timer_kind::look, job.state.number, 0})));
  job.gather();
  CHECK(does_nothing(job.tell(timer_fired{timer_kind::write_limit, job.state.number, 0})));
  job.fail_model();
  CHECK(does_nothing(job.tell(timer_fired{timer_kind::time_limit, job.state.number, 0})));
  job.write_fails(desk_fault::unknown_outcome);
  CHECK(does_nothing(job.tell(timer_fired{timer_kind::write_limit, job.state.number, 0})));
}

TEST_CASE("an outcome that comes twice is recorded once") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  CHECK(does_nothing(job.write_fails(desk_fault::unknown_outcome)));
  job.written();
  CHECK(does_nothing(job.written()));
}

TEST_CASE("a success that was thought unknown is believed when it comes") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  job.written("late");
  CHECK(job_core::project(job.state).status == job_status::completed);
  CHECK(job.state.note_id == "late");
}

TEST_CASE("a refusal that comes after an unknown outcome settles it") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  job.write_fails(desk_fault::unavailable);
  CHECK(job.types.back() == "failed");
  CHECK_FALSE(job.state.open.has_value());
}

TEST_CASE("an older write's success is believed while a newer one is open") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  job.now += 35s;
  job.tell(note_looked_up{1, 0, note_search{}});
  REQUIRE(job.state.writes == 2);
  job.tell(note_outcome{1, net::desk::note_written{"first"}});
  CHECK(job_core::project(job.state).status == job_status::completed);
  CHECK(does_nothing(job.tell(note_outcome{2, net::desk::note_written{"second"}})));
}

TEST_CASE("an older write's failure says nothing of the newer one") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  job.now += 35s;
  job.tell(note_looked_up{1, 0, note_search{}});
  for (const auto fault : {desk_fault::unavailable, desk_fault::refused, desk_fault::unknown_outcome})
    CHECK(does_nothing(job.tell(note_outcome{1, desk_failure{fault, "old", {}}})));
  CHECK(job.state.writes == 2);
}

TEST_CASE("an older look that found nothing starts no third write") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  job.now += 35s;
  job.tell(note_looked_up{1, 0, note_search{}});
  CHECK(does_nothing(job.tell(note_looked_up{1, 0, note_search{}})));
  CHECK(does_nothing(job.tell(note_looked_up{1, 1, desk_failure{}})));
}

TEST_CASE("a look that finds the note late still completes the job") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  job.now += 35s;
  for (std::uint32_t round = 0; round < 3; ++round)
    job.tell(note_looked_up{1, round, desk_failure{desk_fault::unavailable, "down", {}}});
  REQUIRE(job.types.back() == "failed");
  job.tell(note_looked_up{1, 0, note_search{"n9"}});
  CHECK(job_core::project(job.state).status == job_status::completed);
}

TEST_CASE("a refusal that comes after the attempt failed ends the attempt only once") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  job.now += 35s;
  for (std::uint32_t round = 0; round < 3; ++round)
    job.tell(note_looked_up{1, round, desk_failure{desk_fault::unavailable, "down", {}}});
  REQUIRE(job.types.back() == "failed");
  job.write_fails(desk_fault::unavailable);
  CHECK(job.types.back() == "write_refused");
  CHECK(job_core::project(job.state).status == job_status::pending);
  job.now = job.state.due_at;
  CHECK(find<write_note>(job.wake().effects)); // nothing has to be looked for any more
}

TEST_CASE("answers about writes that were never made are ignored") {
  job_bench job;
  job.wake();
  CHECK(does_nothing(job.tell(note_outcome{1, net::desk::note_written{"n"}})));
  CHECK(does_nothing(job.tell(note_looked_up{1, 0, note_search{"n"}})));
  job.gather();
  job.fail_model();
  CHECK(does_nothing(job.tell(note_outcome{2, net::desk::note_written{"n"}})));
}

TEST_CASE("nothing moves a job that has ended") {
  for (const bool dead : {false, true}) {
    job_bench job;
    job.begin_write();
    if (dead)
      job.write_fails(desk_fault::refused);
    else
      job.written();
    const auto number = job.state.number;
    CHECK(does_nothing(job.wake()));
    CHECK(does_nothing(job.gather()));
    CHECK(does_nothing(job.tell(good_reply(1))));
    CHECK(does_nothing(job.tell(note_outcome{1, net::desk::note_written{"n"}})));
    CHECK(does_nothing(job.tell(note_looked_up{1, 0, note_search{"n"}})));
    CHECK(does_nothing(job.tell(timer_fired{timer_kind::look, number, 0})));
    CHECK(does_nothing(job.tell(job_core::stop())));
    CHECK(job.state.number == number);
  }
}

// -- Shutdown --------------------------------------------------------------------------------------------------------

TEST_CASE("a job that is parked while it gathers is done in memory, and due at once for the next owner") {
  job_bench job;
  const auto claim = job.wake();
  job.now += 3s;
  const auto decided = job.tell(job_core::stop());
  CHECK(job.types.back() == "parked");
  CHECK(decided.effects.empty());
  CHECK(job_core::finished(job.state));
  const auto row = job_core::project(job.state);
  CHECK(row.status == job_status::pending);
  CHECK(row.due_at == job.now);
  CHECK(row.attempt == 1);
  CHECK(does_nothing(job.tell(fired(claim, timer_kind::time_limit))));
  CHECK(does_nothing(job.tell(job_core::stop())));
  CHECK(does_nothing(job.tell(wake{job.epoch})));
  CHECK(find<gather>(job.wake().early_effects));
  CHECK(job.state.attempt == 1);
}

TEST_CASE("context that comes after parking changes nothing: the job has left, and its next owner gathers anew") {
  job_bench job;
  job.wake();
  job.tell(job_core::stop());
  CHECK(does_nothing(job.gather()));
  CHECK(job_core::finished(job.state));
  CHECK(find<gather>(job.wake().early_effects));
}

TEST_CASE("a model's answer that comes after parking is kept, and the note isn't written") {
  job_bench job;
  job.wake();
  job.gather();
  job.tell(job_core::stop());
  CHECK_FALSE(job_core::finished(job.state)); // the answer is worth waiting for
  CHECK(does_nothing(job.tell(model_started{1})));
  const auto decided = job.tell(good_reply(1));
  CHECK(job.types.back() == "synthesized");
  CHECK(decided.effects.empty());
  CHECK(job_core::finished(job.state));
  const auto resumed = job.wake();
  CHECK(find<write_note>(resumed.effects)->write == 1);
}

TEST_CASE("a write's outcome that comes after parking is recorded") {
  SECTION("written") {
    job_bench job;
    job.begin_write();
    job.tell(job_core::stop());
    CHECK_FALSE(job_core::finished(job.state));
    job.written();
    CHECK(job_core::project(job.state).status == job_status::completed);
  }
  SECTION("unknown") {
    job_bench job;
    job.begin_write();
    job.tell(job_core::stop());
    const auto decided = job.write_fails(desk_fault::unknown_outcome);
    CHECK(job.types.back() == "write_unknown");
    CHECK(decided.effects.empty());
    CHECK(job_core::finished(job.state));
  }
  SECTION("not written") {
    job_bench job;
    job.begin_write();
    job.tell(job_core::stop());
    job.write_fails(desk_fault::unavailable);
    CHECK(job.types.back() == "failed");
    CHECK(job_core::project(job.state).status == job_status::pending);
  }
}

TEST_CASE("a look that finds nothing after parking starts no write") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unknown_outcome);
  job.tell(job_core::stop());
  job.now += 35s;
  CHECK(does_nothing(job.tell(note_looked_up{1, 0, note_search{}})));
  CHECK(does_nothing(job.tell(note_looked_up{1, 0, desk_failure{desk_fault::unavailable, "", {}}})));
  job.tell(note_looked_up{1, 0, note_search{"n1"}});
  CHECK(job_core::project(job.state).status == job_status::completed);
}

TEST_CASE("parking in good order again and again is no interruption") {
  job_bench job;
  for (int life = 0; life < 100; ++life) {
    job.wake();
    job.tell(job_core::stop());
  }
  CHECK(job_core::project(job.state).status == job_status::pending);
}

TEST_CASE("a job that waits has nothing to park") {
  job_bench job;
  CHECK(does_nothing(job.tell(job_core::stop())));
  job.begin_write();
  job.write_fails(desk_fault::unavailable);
  CHECK(does_nothing(job.tell(job_core::stop())));
}
