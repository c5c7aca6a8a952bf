#include "actors/ticket/offline.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe::actors::ticket {

namespace {

/// @param state before the events
offline_decision append_of(const storage::entity_key& key, job_state state, const std::vector<job_event>& events,
                           storage::timestamp now) {
  offline_decision result;
  auto& what = result.append.emplace();
  what.entity = key;
  what.expected = state.number;
  what.at = now;
  for (const auto& event : events) {
    what.events.push_back(job_core::encode(event));
    job_core::apply(state, event, now);
  }
  what.job = job_core::project(state);
  return result;
}

} // namespace

job_state state_of(const std::vector<storage::stored_event>& journal) {
  job_state state;
  for (const auto& stored : journal)
    job_core::apply(state, job_core::decode(stored.type, stored.payload), stored.at);
  return state;
}

offline_decision decide_offline(const storage::job_record& job, const std::vector<storage::stored_event>& journal,
                                job_command what, const context& world, const config::ticket_workflow& workflow) {
  if (journal.empty())
    return {std::nullopt, "the job's journal is empty"};
  const auto before = state_of(journal);
  auto state = before;
  std::vector<job_event> events;
  if (job.row.status == storage::job_status::dead && !has_ended(state)) {
    events.emplace_back(dead_lettered{state.step, job.row.error});
    job_core::apply(state, events.back(), world.now);
  }
  auto wanted = job_core::decide(state, std::move(what), world, workflow);
  if (!wanted.refusal.empty())
    return {std::nullopt, std::move(wanted.refusal)};
  if (wanted.events.empty())
    return {std::nullopt, "the command would change nothing"};
  std::move(wanted.events.begin(), wanted.events.end(), std::back_inserter(events));
  return append_of({job.tenant, storage::entity_kind::ticket_job, job.id}, before, events, world.now);
}

offline_decision give_up_offline(const storage::entity_key& key, const std::vector<storage::stored_event>& journal,
                                 std::string error, storage::timestamp now) {
  auto state = state_of(journal);
  if (journal.empty() || has_ended(state))
    return {std::nullopt, "the job has ended"};
  auto step = state.step;
  return append_of(key, std::move(state), {dead_lettered{std::move(step), std::move(error)}}, now);
}

} // namespace troupe::actors::ticket
