#include "actors/cli/job_edit.hpp"

#include "actors/cli/command.hpp"
#include "actors/cli/opened.hpp"
#include "actors/ticket/job_core.hpp"
#include "config/values.hpp"

#include <algorithm>

namespace troupe::actors::cli {

namespace {

/// A job that runs moves on a handful of times a second; ten readings find it at rest or not at all.
constexpr int readings = 10;

} // namespace

found_job load_job(storage::reader& from, const std::string& id) {
  auto record = from.find_job(id);
  if (!record)
    throw failure{"there is no job " + config::in_quotes(id)};
  auto events = from.load({record->tenant, storage::entity_kind::ticket_job, record->id});
  return {std::move(*record), std::move(events)};
}

void command_job(storage::reader& from, storage::writer& into, const std::string& id, const ticket::job_command& what,
                 const config::ticket_workflow& workflow) {
  for (int reading = 0; reading < readings; ++reading) {
    const auto job = load_job(from, id);
    ticket::job_state state;
    for (const auto& event : job.events)
      ticket::job_core::apply(state, ticket::job_core::decode(event.type, event.payload), event.at);
    const auto at = now();
    const auto decision = ticket::job_core::decide(state, what, {at, 0, job.record.id}, workflow);
    if (!decision.refusal.empty())
      throw failure{"job " + job.record.id + ": " + decision.refusal};
    storage::append append;
    append.entity = {job.record.tenant, storage::entity_kind::ticket_job, job.record.id};
    append.expected = job.events.empty() ? 0 : job.events.back().number;
    append.at = at;
    for (const auto& event : decision.events) {
      append.events.push_back(ticket::job_core::encode(event));
      ticket::job_core::apply(state, event, at);
    }
    if (append.events.empty())
      return;
    append.job = ticket::job_core::project(state);
    if (into.append_batch({&append, 1}).front().outcome == storage::append_outcome::stored)
      return;
  }
  throw failure{"job " + config::in_quotes(id) + " is being worked on; try again when it rests"};
}

} // namespace troupe::actors::cli
