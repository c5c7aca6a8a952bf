#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::testing;

TEST_CASE("an accepted job waits, due at once") {
  job_bench job;
  const auto row = job_core::project(job.state);
  CHECK(row.status == job_status::pending);
  CHECK(row.ticket_id == "4711");
  CHECK(row.priority == storage::priority::high);
  CHECK(row.attempt == 0);
  CHECK(row.received_at == start_time);
  CHECK(row.due_at == start_time);
  CHECK(row.correlation_id == "corr-1");
  CHECK(row.step.empty());
}

TEST_CASE("waking a due job claims it and gathers without waiting for the claim") {
  job_bench job;
  const auto decided = job.wake();
  REQUIRE(job.types == names{"accepted", "claimed"});
  const auto* claim = find<claimed>(decided.events);
  CHECK(claim->attempt == 1);
  CHECK(claim->epoch == 1);
  CHECK(claim->workflow == "v1");
  REQUIRE(decided.early_effects.size() == 1);
  const auto* query = find<gather>(decided.early_effects);
  REQUIRE(query);
  CHECK(query->attempt == 1);
  CHECK(query->subject == printer_ticket().subject);
  CHECK(query->description == printer_ticket().description);
  const auto row = job_core::project(job.state);
  CHECK(row.status == job_status::running);
  CHECK(row.step == "gather");
  CHECK(row.attempt == 1);
}

TEST_CASE("a job that isn't due is left alone") {
  job_bench job;
  job.now -= 1ms;
  CHECK(does_nothing(job.wake()));
  CHECK(job_core::finished(job.state));
}

TEST_CASE("gathered context goes to the model while it is being written") {
  job_bench job;
  job.wake();
  const auto decided = job.gather();
  REQUIRE(decided.events.size() == 1);
  CHECK(decided.effects.empty());
  const auto* call = find<call_model>(decided.early_effects);
  REQUIRE(call);
  CHECK(call->attempt == 1);
  CHECK(call->limit == 30s);
  REQUIRE(call->messages.size() == 2);
  CHECK(contains(call->messages[1].text, "HD-1001"));
  CHECK(job_core::project(job.state).step == "synthesize");
}

TEST_CASE("a source that failed leaves the others' results in the job") {
  job_bench job;
  job.wake();
  auto found = printer_findings();
  found.tickets.clear();
  found.tickets_source = {source_status::timed_out, 2'000ms};
  job.tell(context_gathered{1, found});
  job.fail_model();
  CHECK(contains(job.state.note->note, "The ticket history did not answer in time."));
  CHECK(contains(job.state.note->note, "Clearing a stuck print queue"));
}

TEST_CASE("a model's answer and the write's beginning are one append") {
  job_bench job;
  job.wake();
  job.gather();
  const auto before = job.types.size();
  const auto decided = job.tell(model_replied{
      1, model_answer{"## Similar Tickets\n- **HD-1001** matches\n## Recommendations\n1. Clear the queue.", "stop",
                      "openai", "gpt-x", 900, 60, 0.0123, 1'500ms}});
  CHECK(new_types(job, before) == names{"synthesized", "write_started"});
  const auto* note = find<synthesized>(decided.events);
  REQUIRE(note);
  CHECK(note->provider == "openai");
  CHECK(note->model == "gpt-x");
  CHECK(note->took == 1'500ms);
  const auto* write = find<write_note>(decided.effects);
  REQUIRE(write);
  CHECK(write->write == 1);
  CHECK(write->ticket_id == "4711");
  CHECK(write->note == note->note);
  CHECK(write->marker == "ref: " + std::string{job_id});
  CHECK(write->note.ends_with("\n" + write->marker));
  CHECK(write->timeout == 30s);
  CHECK(write->deadline == job.now + 30s);
  const auto row = job_core::project(job.state);
  CHECK(row.step == "write_note");
  CHECK(row.provider == "openai");
  CHECK(row.input_tokens == 900);
  CHECK(row.output_tokens == 60);
  CHECK(row.cost == 0.0123);
}

TEST_CASE("without a model the note is composed from the findings, and the job says why") {
  job_bench job;
  job.begin_write();
  CHECK(job.state.note->provider == "extractive");
  CHECK(job.state.note->fallback == "no model answered: no model configured");
  CHECK(contains(job.state.note->note, "HD-1001"));
}

TEST_CASE("an answer that is of no use is paid for all the same") {
  job_bench job;
  job.wake();
  job.gather();
  job.tell(model_replied{1, model_answer{"", "stop", "openai", "gpt-x", 900, 1, 0.01, 100ms}});
  CHECK(job.state.note->provider == "extractive");
  CHECK(job.state.note->input_tokens == 900);
  CHECK(job.state.note->cost == 0.01);
  CHECK(job.state.note->fallback == "the model's text was empty");
}

TEST_CASE("a written note completes the job in one append") {
  job_bench job;
  job.begin_write();
  const auto before = job.types.size();
  job.now += 250ms;
  const auto decided = job.written("n42");
  CHECK(new_types(job, before) == names{"note_written", "completed"});
  CHECK(decided.effects.empty());
  CHECK(job_core::finished(job.state));
  CHECK(has_ended(job.state));
  const auto row = job_core::project(job.state);
  CHECK(row.status == job_status::completed);
  CHECK(row.note_id == "n42");
  CHECK(row.finished_at == job.now);
  CHECK(row.error.empty());
  CHECK(row.step.empty());
  CHECK_FALSE(find<note_written>(decided.events)->found);
}

TEST_CASE("a desk that is certain not to have the note ends the attempt, with back-off") {
  job_bench job;
  job.begin_write();
  const auto before = job.types.size();
  const auto decided = job.write_fails(desk_fault::unavailable);
  CHECK(new_types(job, before) == names{"write_refused", "failed"});
  const auto* end = find<failed>(decided.events);
  CHECK(end->step == "write_note");
  CHECK(end->attempt == 1);
  CHECK(end->error == "desk trouble");
  CHECK(end->retry_at == job.now + 1s); // half of two seconds
  const auto row = job_core::project(job.state);
  CHECK(row.status == job_status::pending);
  CHECK(row.attempt == 1);
  CHECK(row.error == "desk trouble");
  CHECK(row.step == "write_note");
  CHECK(row.due_at == end->retry_at);
  CHECK(job_core::finished(job.state));
  CHECK_FALSE(has_ended(job.state));
}

TEST_CASE("a desk that names a time is not asked before") {
  job_bench job;
  job.begin_write();
  const auto decided = job.write_fails(desk_fault::rate_limited, 60s);
  CHECK(find<failed>(decided.events)->retry_at >= job.now + 60s);
  CHECK(find<write_refused>(decided.events)->retry_after == 60s);
}

TEST_CASE("faults that the same request would meet again end the job at once") {
  for (const auto fault : {desk_fault::unauthorized, desk_fault::not_found, desk_fault::refused}) {
    job_bench job;
    job.begin_write();
    const auto before = job.types.size();
    job.write_fails(fault);
    CHECK(new_types(job, before) == names{"write_refused", "dead_lettered"});
    const auto row = job_core::project(job.state);
    CHECK(row.status == job_status::dead);
    CHECK(row.error == "desk trouble");
    CHECK(row.finished_at.has_value());
    CHECK(job_core::finished(job.state));
  }
}

TEST_CASE("the next attempt resumes at the failed step: nothing is gathered or paid for again") {
  job_bench job;
  job.begin_write();
  const auto note = job.state.note->note;
  job.write_fails(desk_fault::unavailable);
  job.now = job.state.due_at;
  const auto before = job.types.size();
  const auto decided = job.wake();
  CHECK(new_types(job, before) == names{"claimed", "write_started"});
  CHECK(job.state.attempt == 2);
  CHECK(decided.early_effects.empty());
  const auto* write = find<write_note>(decided.effects);
  REQUIRE(write);
  CHECK(write->write == 2);
  CHECK(write->note == note);
}

TEST_CASE("after the last attempt the job is given up") {
  job_bench job;
  job.begin_write();
  for (int attempt = 1; attempt <= 3; ++attempt) {
    job.write_fails(desk_fault::unavailable);
    REQUIRE(job_core::project(job.state).status == job_status::pending);
    job.now = job.state.due_at;
    job.wake();
  }
  CHECK(job.state.attempt == 4);
  job.write_fails(desk_fault::unavailable);
  CHECK(job.types.back() == "dead_lettered");
  CHECK(job_core::project(job.state).status == job_status::dead);
  CHECK(does_nothing(job.wake()));
}

TEST_CASE("a workflow without retries gives up after the first attempt") {
  auto settings = workflow();
  settings.retries = 0;
  job_bench job{settings};
  job.begin_write();
  job.write_fails(desk_fault::unavailable);
  CHECK(job.types.back() == "dead_lettered");
}

TEST_CASE("sources that never answer end the attempt at its time limit") {
  job_bench job;
  const auto decided = job.wake();
  CHECK(find<set_timer>(decided.effects)->after == 120s);
  job.now += 120s;
  job.tell(fired(decided, timer_kind::time_limit));
  CHECK(job.types.back() == "failed");
  CHECK(job.state.step == "gather");
}

TEST_CASE("waiting in a model's queue costs no time; its work does") {
  job_bench job;
  job.wake();
  job.now += 10s;
  const auto asked = job.gather();
  CHECK_FALSE(find<set_timer>(asked.effects));
  CHECK(job.state.used == 10s);
  job.now += 1h;
  const auto begun = job.tell(model_started{1});
  const auto* order = find<set_timer>(begun.effects);
  REQUIRE(order);
  // 110 s are left, of which a quarter is kept for the write.
  CHECK(order->after == 82'500ms);
  job.tell(model_replied{1, model_answer{"", "stop", "p", "m", 1, 1, 0, 20s}});
  CHECK(job.state.used == 30s);
}

TEST_CASE("a model that hangs is given up and done without, and time is left to write") {
  job_bench job;
  job.wake();
  job.gather();
  const auto begun = job.tell(model_started{1});
  job.now += 90s;
  const auto decided = job.tell(fired(begun, timer_kind::time_limit));
  const auto* note = find<synthesized>(decided.events);
  REQUIRE(note);
  CHECK(note->provider == "extractive");
  CHECK(contains(note->fallback, "did not answer within"));
  CHECK(job_core::gives_up(decided.effects.at(0)));
  const auto* write = find<write_note>(decided.effects);
  REQUIRE(write);
  CHECK(write->timeout == 30s);
}

TEST_CASE("a write gets no more time than the attempt has left") {
  auto settings = workflow();
  settings.time_limit = 40s;
  job_bench job{settings};
  job.wake();
  job.now += 15s;
  job.gather();
  const auto decided = job.fail_model();
  CHECK(find<write_note>(decided.effects)->timeout == 25s);
  CHECK(find<write_note>(decided.effects)->deadline == job.now + 25s);
}

TEST_CASE("an attempt whose time is used up writes in the next one") {
  auto settings = workflow();
  settings.time_limit = 40s;
  job_bench job{settings};
  job.wake();
  job.gather();
  const auto before = job.types.size();
  job.tell(model_replied{1, model_answer{"", "stop", "p", "m", 1, 1, 0, 40s}});
  CHECK(new_types(job, before) == names{"synthesized", "failed"});
  CHECK(job.state.error == "the attempt's time limit was used up");
  job.now = job.state.due_at;
  const auto decided = job.wake();
  REQUIRE(find<write_note>(decided.effects));
  CHECK(find<write_note>(decided.effects)->timeout == 30s);
}

TEST_CASE("waiting for the margin costs no time") {
  job_bench job;
  job.begin_write();
  job.now += 30s;
  job.write_fails(desk_fault::unknown_outcome);
  CHECK(job.state.used == 30s);
  job.now += 1h;
  job.tell(note_looked_up{1, 0, note_search{}});
  CHECK(job.state.writes == 2);
  CHECK(job.state.used == 30s);
}

TEST_CASE("a desk's answer that never comes is an unknown outcome") {
  job_bench job;
  const auto begun = job.begin_write();
  CHECK(find<set_timer>(begun.effects)->after == 35s);
  job.now += 35s;
  const auto decided = job.tell(fired(begun, timer_kind::write_limit));
  CHECK(job.types.back() == "write_unknown");
  CHECK(find<look_for_note>(decided.effects));
}

TEST_CASE("back-off doubles from attempt to attempt up to its limit, with full jitter") {
  auto settings = workflow();
  settings.retries = 20;
  settings.backoff_limit = 10s;
  job_bench job{settings};
  job.chance = 0.999999999;
  job.begin_write();
  std::vector<long> waits;
  for (int attempt = 1; attempt <= 6; ++attempt) {
    const auto decided = job.write_fails(desk_fault::unavailable);
    waits.push_back(static_cast<long>((find<failed>(decided.events)->retry_at - job.now + 1ms) / 1s));
    job.now = job.state.due_at;
    job.wake();
  }
  CHECK(waits == std::vector<long>{2, 4, 8, 10, 10, 10});
  job.chance = 0;
  const auto decided = job.write_fails(desk_fault::unavailable);
  CHECK(find<failed>(decided.events)->retry_at == job.now);
}

// -- Operators -------------------------------------------------------------------------------------------------------

TEST_CASE("an operator retries a dead job, which gets all its attempts anew") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::unauthorized);
  job.now += 1h;
  const auto decided = job.tell(operator_retry{"user:ann"});
  REQUIRE(find<retried>(decided.events));
  CHECK(decided.refusal.empty());
  const auto row = job_core::project(job.state);
  CHECK(row.status == job_status::pending);
  CHECK(row.attempt == 0);
  CHECK(row.due_at == job.now);
  CHECK_FALSE(row.finished_at.has_value());
  CHECK(row.error.empty());
  const auto again = job.wake();
  CHECK(job.state.attempt == 1);
  CHECK(find<write_note>(again.effects)->write == 2);
}

TEST_CASE("an operator makes a job that waits for its retry due at once") {
  job_bench job;
  job.begin_write();
  job.write_fails(desk_fault::rate_limited, 30min);
  job.tell(operator_retry{"cli"});
  CHECK(job_core::project(job.state).due_at == job.now);
  CHECK(find<write_note>(job.wake().effects));
}

TEST_CASE("an operator can't retry what runs, has ended or hasn't begun") {
  job_bench job;
  CHECK(job.tell(operator_retry{"cli"}).refusal == "the job hasn't begun yet; it begins by itself");
  job.begin_write();
  const auto running = job.tell(operator_retry{"cli"});
  CHECK(running.refusal == "the job is under way");
  CHECK(does_nothing(running));
  job.written();
  CHECK(job.tell(operator_retry{"cli"}).refusal == "the job has ended");
}

TEST_CASE("an operator discards a dead job, for good") {
  job_bench job;
  job.begin_write();
  CHECK_FALSE(job.tell(operator_discard{"cli"}).refusal.empty());
  job.write_fails(desk_fault::refused);
  const auto decided = job.tell(operator_discard{"cli"});
  CHECK(decided.refusal.empty());
  CHECK(job_core::project(job.state).status == job_status::discarded);
  CHECK(job.tell(operator_retry{"cli"}).refusal == "the job has ended");
  CHECK_FALSE(job.tell(operator_discard{"cli"}).refusal.empty());
  CHECK(does_nothing(job.wake()));
}

TEST_CASE("errors from outside are kept short and on one line, wherever they are stored") {
  const std::string lengthy = "first\nsecond \x01" + std::string(100'000, 'x') + "\xFF";
  job_bench job;
  job.wake();
  job.gather();
  job.fail_model(lengthy);
  CHECK(job.state.note->fallback.size() < 600);
  for (const auto fault : {desk_fault::unknown_outcome, desk_fault::unavailable}) {
    const auto decided = job.tell(note_outcome{1, desk_failure{fault, lengthy, {}}});
    CHECK(job.journal.back().payload.size() < 700);
    CHECK(decided.refusal.empty());
  }
  CHECK(job.state.error.starts_with("first second"));
  CHECK(job.state.error.size() <= 500);
  job.now = job.state.due_at;
  job.wake();
  job.tell(note_outcome{2, desk_failure{desk_fault::unknown_outcome, "", {}}});
  job.now += 35s;
  job.tell(note_looked_up{2, 0, desk_failure{desk_fault::refused, lengthy, {}}});
  CHECK(job.state.error.size() < 600);
}

// -- Shape -----------------------------------------------------------------------------------------------------------

TEST_CASE("texts are dropped as soon as no later step needs them") {
  job_bench job;
  job.wake();
  job.gather();
  CHECK(job.state.found.has_value());
  job.fail_model();
  CHECK_FALSE(job.state.found.has_value());
  CHECK(job.state.ticket.description.empty());
  CHECK(job.state.ticket.ticket_id == "4711");
  job.written();
  CHECK(job.state.note->note.empty());
}

TEST_CASE("timers are delivered by the entity, other effects aren't") {
  job_effect order = set_timer{timer_kind::look, 7, 2, 5s};
  const auto timer = job_core::timer(order);
  REQUIRE(timer);
  CHECK(timer->slot == static_cast<std::uint32_t>(timer_kind::look));
  CHECK(timer->after == 5s);
  REQUIRE(timer->then);
  const auto* then = std::get_if<timer_fired>(&*timer->then);
  REQUIRE(then);
  CHECK(then->generation == 7);
  CHECK(then->round == 2);
  job_effect other = gather{};
  CHECK_FALSE(job_core::timer(other));
}

TEST_CASE("more findings than the workflow wants, or longer ones, are cut before they are journaled") {
  job_bench job;
  job.wake();
  findings found;
  for (int i = 0; i < 40; ++i) {
    found.tickets.push_back(past("HD-" + std::to_string(i), std::string(9'000, 's'), std::string(90'000, 'r')));
    found.articles.push_back({{"KB", "t", "", std::string(90'000, 'b'), "https://kb/" + std::string(900, 'u')}, 1});
    found.systems.push_back({"10.0.0.1", {{"10.0.0.1"}, std::string(9'000, 'h'), "", "", ""}});
    found.unknown_addresses.push_back("10.0.0.2");
  }
  job.tell(context_gathered{1, found});
  REQUIRE(job.state.found);
  CHECK(job.state.found->tickets.size() == 5);
  CHECK(job.state.found->articles.size() == 3);
  CHECK(job.state.found->systems.size() == 20);
  CHECK(job.state.found->unknown_addresses.size() == 20);
  CHECK(job.state.found->articles[0].article.body.empty());
  CHECK(job.state.found->articles[0].article.summary.size() <= 600);
  CHECK(job.state.found->articles[0].article.url.empty());
  CHECK(job.journal.back().payload.size() < 24'000);
}
