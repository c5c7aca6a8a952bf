#include "tests/simulation/checker.hpp"

#include <algorithm>

#include <prometheus/client_metric.h>
#include <prometheus/registry.h>

#include "actors/ticket/job_core.hpp"
#include "actors/ticket/offline.hpp"
#include "tests/simulation/peers.hpp"
#include "tests/simulation/world.hpp"

namespace troupe::simulation {

namespace ticket = actors::ticket;
using storage::append_outcome;

namespace {

constexpr std::string_view outcome_names[] = {"stored", "conflict", "duplicate"};

} // namespace

unsigned checker::number_of(std::string_view tenant) const {
  const auto& all = world_.plan.tenants;
  return static_cast<unsigned>(std::ranges::find(all, tenant, &storage::tenant::id) - all.begin());
}

checker::job_story* checker::find(std::string_view id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &jobs_[found->second];
}

void checker::wrong(const job_story& which, std::string_view what) const {
  world_.violated("job " + which.id + " of " + which.tenant + ": " + std::string{what} + " (event "
                  + std::to_string(which.number) + ", after " + which.last + ")");
}

// -- The journal ------------------------------------------------------------------------------------------------------

void checker::appended(const storage::append& what, const storage::append_result& result) {
  for (const auto& event : what.events)
    world_.note("storage", what.entity.tenant, " ", what.entity.id, " ", event.type, " ",
                outcome_names[static_cast<std::size_t>(result.outcome)]);
  if (world_.history.aloud())
    for (const auto& event : what.events)
      if (event.payload.size() < 300)
        world_.history.print(world_.now(), "storage", "  " + event.payload);
  if (result.outcome != append_outcome::stored)
    return;
  if (what.entity.kind == storage::entity_kind::conversation)
    return world_.talks.appended(what, result);
  if (what.expected == 0)
    accept(what);
  auto* which = find(what.entity.id);
  if (!which)
    return world_.violated("events of a job that was never accepted: " + what.entity.id);
  if (which->tenant != what.entity.tenant)
    return wrong(*which, "written to by " + what.entity.tenant);
  for (const auto& event : what.events) {
    stays_within(number_of(which->tenant), event.payload, "an event");
    follow(*which, event);
    ++which->number;
    which->last = event.type;
  }
  if (result.number != which->number)
    wrong(*which, "its events aren't numbered one by one");
}

void checker::accept(const storage::append& what) {
  if (by_id_.contains(what.entity.id))
    return world_.violated("job " + what.entity.id + " was made twice");
  by_id_.emplace(what.entity.id, jobs_.size());
  by_correlation_.emplace(what.job->correlation_id, jobs_.size());
  jobs_.push_back({});
  jobs_.back().id = what.entity.id;
  jobs_.back().tenant = what.entity.tenant;
  ++open_;
}

void checker::claim(job_story& which, const storage::new_event& event) {
  const auto claimed = std::get<ticket::claimed>(ticket::job_core::decode(event.type, event.payload));
  if (claimed.attempt != which.attempts_failed + 1)
    wrong(which, "attempt " + std::to_string(claimed.attempt) + " begins after " + std::to_string(which.attempts_failed)
                     + " failed ones");
  if (claimed.epoch == which.epoch)
    wrong(which, "two owners have one epoch");
  which.epoch = claimed.epoch;
  // Some may have been on their way to their tenant.
  const auto since = paused_since_.find(which.tenant);
  if (since != paused_since_.end() && world_.quiet_since(since->second)
      && world_.now() - since->second > std::chrono::seconds{1})
    wrong(which, "claimed while its tenant is paused");
}

/// What may follow what, as `docs/architecture.md` describes the events.
void checker::follow(job_story& which, const storage::new_event& event) {
  const auto& type = event.type;
  const auto once = [&](bool& flag) {
    if (std::exchange(flag, true))
      wrong(which, "a second " + type);
  };
  if ((type == "accepted") != (which.number == 0))
    wrong(which, type + " isn't where it belongs");
  if (which.completed || (which.ended && type != "retried" && type != "discarded"))
    wrong(which, type + " after the end");
  if (type == "claimed") {
    claim(which, event);
  } else if (type == "gathered") {
    once(which.gathered);
  } else if (type == "synthesized") {
    once(which.synthesized);
    which.synthesized_at = world_.now();
    which.paid = event.payload.find(R"("provider":"extractive")") == std::string::npos;
  } else if (type == "write_started") {
    if (which.write_open)
      wrong(which, "a write begins while another one may still be under way");
    if (!which.synthesized)
      wrong(which, "a write without a note");
    which.write_open = true;
  } else if (type == "write_unknown" || type == "write_refused" || type == "postponed") {
    which.write_open = false;
  } else if (type == "note_written") {
    once(which.written);
    which.write_open = false;
  } else if (type == "failed") {
    ++which.attempts_failed;
    if (which.attempts_failed > world_.plan.workflow.retries)
      wrong(which, "more attempts than the workflow allows");
  } else if (type == "retried") {
    which.attempts_failed = 0;
    open_ += std::exchange(which.ended, false) ? 1 : 0;
  }
  const bool ends = type == "completed" || type == "dead_lettered" || type == "discarded";
  if (ends && !std::exchange(which.ended, true))
    --open_;
  auto& tally = tallies_[which.tenant];
  tally.accepted += type == "accepted" ? 1 : 0;
  tally.dead += type == "dead_lettered" ? 1 : 0;
  if (type == "completed") {
    which.completed = true;
    ++tally.completed;
  }
}

// -- What goes out ----------------------------------------------------------------------------------------------------

void checker::promised(unsigned tenant, const std::string& job) {
  const auto* known = find(job);
  if (!known || world_.store->events({known->tenant, storage::entity_kind::ticket_job, job}).empty())
    return world_.violated("a client was promised job " + job + ", which isn't in the database");
  if (known->tenant != world_.plan.tenants[tenant].id)
    wrong(*known, "promised to " + world_.plan.tenants[tenant].id);
}

void checker::model_called(std::string_view correlation_id, std::string_view body, bool streamed) {
  if (world_.talks.knows(correlation_id))
    return world_.talks.model_called(correlation_id, body, streamed);
  const auto found = by_correlation_.find(correlation_id);
  if (found == by_correlation_.end())
    return world_.violated("a model is called for no job");
  const auto& which = jobs_[found->second];
  stays_within(number_of(which.tenant), body, "a prompt");
  if (which.epoch == 0)
    wrong(which, "a model is called before the job was claimed");
  if (which.paid)
    wrong(which, "a model is called although its answer is there");
  model_waited_for(correlation_id);
}

void checker::model_waited_for(std::string_view correlation_id) {
  const auto found = by_correlation_.find(correlation_id);
  if (found == by_correlation_.end())
    return; // a conversation's
  const auto& which = jobs_[found->second];
  // The call is taken back right after the note is durable.
  if (which.synthesized && world_.quiet_since(which.synthesized_at)
      && world_.now() - which.synthesized_at > std::chrono::milliseconds{100})
    wrong(which, "a model is still asked although the note stands");
}

void checker::note_sent(unsigned tenant, const std::string& job) {
  const auto* which = find(job);
  if (!which)
    return world_.violated("a note is sent for no job");
  if (which->tenant != world_.plan.tenants[tenant].id)
    wrong(*which, "its note goes to " + world_.plan.tenants[tenant].id);
  if (which->written)
    wrong(*which, "a note is sent although it is written");
  if (!which->write_open)
    wrong(*which, "a note is sent and the journal doesn't know");
}

void checker::local_note_sent(std::string_view tenant, std::string_view job, std::string_view text) {
  const auto number = number_of(tenant);
  if (number == world_.plan.tenants.size())
    return world_.violated("a note for no tenant");
  stays_within(number, text, "a note");
  const auto* which = find(job);
  if (!which || which->tenant != tenant)
    return world_.violated("a note is stored for a job that isn't the tenant's");
}

void checker::stays_within(unsigned tenant, std::string_view text, std::string_view what) {
  for (unsigned i = 0; i < world_.plan.tenants.size(); ++i)
    if (i != tenant && text.find(token_of(world_.plan.tenants[i])) != std::string_view::npos)
      world_.violated(std::string{what} + " of " + world_.plan.tenants[tenant].id + " holds something of "
                      + world_.plan.tenants[i].id);
}

void checker::pause_known(const std::string& tenant, bool on) {
  if (on)
    paused_since_.emplace(tenant, world_.now());
  else
    paused_since_.erase(tenant);
}

// -- The end ----------------------------------------------------------------------------------------------------------

std::string checker::open_job() const {
  const auto found = std::ranges::find(jobs_, false, &job_story::ended);
  if (found == jobs_.end())
    return "none";
  return found->id + " of " + found->tenant + ", " + std::to_string(found->number) + " events, the last one "
         + found->last;
}

void checker::check_all() const {
  for (const auto& each : jobs_) {
    check_row(each);
    check_note(each);
  }
}

void checker::check_row(const job_story& which) const {
  const auto row = world_.store->job(which.tenant, which.id);
  const auto fold = ticket::job_core::project(
      ticket::state_of(world_.store->events({which.tenant, storage::entity_kind::ticket_job, which.id})));
  if (!row)
    return wrong(which, "it has no row");
  const auto same = [](const storage::job_row& a, const storage::job_row& b) {
    return a.ticket_id == b.ticket_id && a.priority == b.priority && a.status == b.status && a.attempt == b.attempt
           && a.step == b.step && a.error == b.error && a.received_at == b.received_at && a.due_at == b.due_at
           && a.finished_at == b.finished_at && a.provider == b.provider && a.input_tokens == b.input_tokens
           && a.output_tokens == b.output_tokens && a.note_id == b.note_id && a.correlation_id == b.correlation_id;
  };
  if (!same(*row, fold))
    wrong(which, "its row isn't the fold of its journal");
}

void checker::check_note(const job_story& which) const {
  const auto number = number_of(which.tenant);
  const auto& tenant = world_.plan.tenants[number];
  std::size_t count = 0;
  if (tenant.desk_kind == "local") {
    for (const auto& note : world_.store->notes(tenant.id, world_.store->job(tenant.id, which.id)->ticket_id))
      count += referenced_job(note.markdown) == which.id ? 1 : 0;
  } else {
    count =
        dynamic_cast<const desk_peer&>(world_.net.at("desk-" + std::to_string(number) + ".example")).notes_of(which.id);
  }
  if (count > 1)
    wrong(which, "it has " + std::to_string(count) + " notes");
  if (which.completed && count == 0)
    wrong(which, "completed without a note");
}

// -- Metrics ----------------------------------------------------------------------------------------------------------

void checker::process_started() {
  tallies_.clear();
}

void checker::process_ended(config::metrics& metrics, bool in_order) {
  check_metrics(metrics, in_order);
}

void checker::check_metrics(config::metrics& metrics, bool in_order) const {
  const auto label = [](const prometheus::ClientMetric& of, std::string_view name) -> std::string {
    const auto found = std::ranges::find(of.label, name, &prometheus::ClientMetric::Label::name);
    return found == of.label.end() ? std::string{} : found->value;
  };
  const auto compare = [&](const std::string& tenant, std::string_view what, double counted, std::uint64_t happened) {
    // What was committed when a process crashed may not have been counted any more; what an offline writer did never
    // is.
    if (counted > static_cast<double>(happened) || (in_order && counted < static_cast<double>(happened)))
      world_.violated("the metrics say " + std::to_string(static_cast<int>(counted)) + " " + std::string{what}
                      + " jobs of " + tenant + ", its journals say " + std::to_string(happened));
  };
  for (const auto& family : metrics.registry().Collect())
    for (const auto& each : family.metric) {
      const auto tenant = label(each, "tenant_id");
      const auto found = tallies_.find(tenant);
      const auto tally = found == tallies_.end() ? life_count{} : found->second;
      if (family.name == "enhancement_requests_total" && label(each, "status") == "completed")
        compare(tenant, "completed", each.counter.value, tally.completed);
      else if (family.name == "troupe_webhooks_total" && label(each, "outcome") == "accepted")
        compare(tenant, "accepted", each.counter.value, tally.accepted);
      else if (family.name == "troupe_actor_restarts_total" && label(each, "reason") == "restart_intensity"
               && world_.plan.most_actor_deaths <= 5)
        world_.violated("a supervisor gave up: " + label(each, "actor"));
    }
}

} // namespace troupe::simulation
