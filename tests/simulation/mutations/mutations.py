"""Deliberate faults of the engine, each of which the simulation must find.

A mutation replaces a piece of one source file. All of them are built into one program, `simulation_mutants`, from copies
of the sources in its build folder, and switched on one at a time: `MUTANT` in the new piece is true for the one that is
on. The sources themselves know nothing of it. A piece that isn't found any more ends the build with the mutation's name:
bring it up to date then.
"""

from typing import NamedTuple


class Mutation(NamedTuple):
    name: str
    file: str
    old: str   # stands exactly once in the file
    new: str


MUTATIONS = (
    Mutation("answer_before_commit", "actors/api/webhook.cpp",
             "    services_->journal->submit(std::make_shared<pending_delivery>(",
             "    if (MUTANT)\n      answer(accepted_response(what.entity.id));\n"
             "    services_->journal->submit(std::make_shared<pending_delivery>("),
    Mutation("delivery_not_remembered", "actors/api/webhook.cpp",
             "    ticket::accepted event;\n    event.ticket_id",
             "    if (MUTANT)\n      what.delivery.reset();\n    ticket::accepted event;\n    event.ticket_id"),
    Mutation("duplicate_promised_a_new_id", "actors/api/webhook.cpp",
             "answer_(accepted_response(reply.result.existing));",
             "answer_(accepted_response(MUTANT ? request.entity.id : reply.result.existing));"),
    Mutation("marker_not_checked", "actors/ticket/job_decide.cpp",
             "    out_.effects.emplace_back(look_for_note{",
             "    if (MUTANT)\n      return begin_write(s_.note->note);\n"
             "    out_.effects.emplace_back(look_for_note{"),
    Mutation("looked_too_early", "actors/ticket/job_decide.cpp",
             "    if (wait > milliseconds{0})\n",
             "    if (!MUTANT && wait > milliseconds{0})\n"),
    Mutation("unknown_outcome_taken_for_refused", "actors/ticket/job_decide.cpp",
             "    if (failure.fault == net::desk::desk_fault::unknown_outcome) {",
             "    if (!MUTANT && failure.fault == net::desk::desk_fault::unknown_outcome) {"),
    Mutation("retry_counter_lost_on_restart", "actors/ticket/job_decide.cpp",
             "    ++attempt_;\n",
             "    attempt_ = MUTANT ? 1 : attempt_ + 1;\n"),
    Mutation("one_retry_too_many", "actors/ticket/job_decide.cpp",
             "    if (attempt_ > settings_.retries) {",
             "    if (attempt_ > settings_.retries + (MUTANT ? 1 : 0)) {"),
    Mutation("step_result_not_journaled", "actors/ticket/job_decide.cpp",
             "    emit(std::move(event));\n    if (!s_.parked)",
             "    if (MUTANT)\n      return begin_write(std::move(event.note));\n"
             "    emit(std::move(event));\n    if (!s_.parked)"),
    Mutation("finished_step_forgotten", "actors/ticket/job_decide.cpp",
             "    else if (s_.note)\n",
             "    else if (!MUTANT && s_.note)\n"),
    Mutation("effects_before_their_events", "actors/runtime/entity_state.hpp",
             "    append(now);\n    run(decided.early_effects);",
             "    append(now);\n    run(decided.early_effects);\n    if (MUTANT) {\n      run(current_.effects);\n"
             "      current_.effects.clear();\n    }"),
    Mutation("conflict_taken_for_stored", "actors/runtime/entity_state.hpp",
             "    if (reply.result.outcome != storage::append_outcome::stored) {",
             "    if (!MUTANT && reply.result.outcome != storage::append_outcome::stored) {"),
    Mutation("row_behind_its_journal", "actors/runtime/entity_state.hpp",
             "    Core::project(state_, request);",
             "    if (!MUTANT || number_ == 0)\n      Core::project(state_, request);"),
    Mutation("append_not_tried_again", "actors/runtime/entity_state.hpp",
             "    retry_ = services_->timers->set(handle(), wait);",
             "    if (!MUTANT)\n      retry_ = services_->timers->set(handle(), wait);"),
    Mutation("job_stays_in_memory", "actors/runtime/entity_state.hpp",
             "    if (is_at_rest() && Core::finished(state_))",
             "    if (!MUTANT && is_at_rest() && Core::finished(state_))"),
    Mutation("number_check_off", "tests/support/memory_store.cpp",
             "  if (last != what.expected)",
             "  if (!MUTANT && last != what.expected)"),
    Mutation("running_jobs_not_taken_over", "actors/api/tree.cpp",
             "  const auto released = of.database->open_writer()->release_running_jobs(of.time->now());",
             "  const auto released = MUTANT ? 0 : of.database->open_writer()->release_running_jobs(of.time->now());"),
    Mutation("orphans_forgotten", "actors/api/tree.cpp",
             "    if (end->superseded)\n",
             "    if (!MUTANT && end->superseded)\n"),
    Mutation("pause_ignored", "actors/tenancy/intake.cpp",
             "  return settings && !settings->paused && services_.registry->find(tenant);",
             "  return settings && (MUTANT || !settings->paused) && services_.registry->find(tenant);"),
    Mutation("tenants_end_ignored", "actors/tenancy/intake.cpp",
             "  const auto found = watched_.find(who);",
             "  const auto found = MUTANT ? watched_.end() : watched_.find(who);"),
    Mutation("failed_look_is_the_last", "actors/tenancy/intake.cpp",
             "  fetching_ = false;\n",
             "  if (MUTANT && what.failed)\n    return;\n  fetching_ = false;\n"),
    Mutation("too_many_in_flight", "actors/tenancy/intake.cpp",
             "  while (!parked_ && in_flight_.size() < settings_.max_in_flight) {",
             "  while (!parked_ && (MUTANT || in_flight_.size() < settings_.max_in_flight)) {"),
    Mutation("writer_forgets_its_batch", "actors/runtime/journal_writer.cpp",
             "  fail(batch_, why);\n  if (task_)",
             "  if (!MUTANT)\n    fail(batch_, why);\n  if (task_)"),
    Mutation("provider_without_limit", "actors/llm/provider.cpp",
             "  while (running_ < settings_.max_concurrency) {",
             "  while (running_ < settings_.max_concurrency * (MUTANT ? 2 : 1)) {"),
    Mutation("supervisor_gives_up_at_once", "actors/runtime/supervision.cpp",
             "  if (restarts_.size() >= settings_.max_restarts)",
             "  if (restarts_.size() >= (MUTANT ? 1 : settings_.max_restarts))"),
    Mutation("context_of_another_tenant", "actors/ticket/job_effects.cpp",
             "  request->tenant = answer.key().tenant;",
             "  request->tenant = MUTANT ? \"acme\" : answer.key().tenant;"),
)
