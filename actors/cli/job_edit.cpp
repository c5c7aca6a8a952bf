#include "actors/cli/job_edit.hpp"

#include "actors/cli/command.hpp"
#include "actors/cli/opened.hpp"
#include "actors/ticket/offline.hpp"
#include "config/values.hpp"

namespace troupe::actors::cli {

namespace {

/// A job that runs moves on a handful of times a second; ten readings find it at rest or not at all.
constexpr int readings = 10;

storage::entity_key key_of(const storage::job_record& job) {
  return {job.tenant, storage::entity_kind::ticket_job, job.id};
}

void discard_unreadable(storage::writer& into, const found_job& job) {
  if (!into.mark_job(key_of(job.record), storage::job_status::discarded, job.record.row.error, now()))
    throw failure{"job " + job.record.id + ": only a job that was given up can be discarded"};
}

} // namespace

found_job load_job(storage::reader& from, const std::string& id) {
  auto record = from.find_job(id);
  if (!record)
    throw failure{"there is no job " + config::in_quotes(id)};
  found_job out{std::move(*record), {}, {}};
  try {
    out.events = from.load(key_of(out.record));
    ticket::state_of(out.events);
  } catch (const storage::error& e) {
    if (e.kind() != storage::fault::corrupt)
      throw;
    out.events.clear();
    out.fault = e.what();
  }
  return out;
}

void command_job(storage::reader& from, storage::writer& into, const std::string& id, const ticket::job_command& what,
                 const config::ticket_workflow& workflow) {
  for (int reading = 0; reading < readings; ++reading) {
    const auto job = load_job(from, id);
    if (!job.fault.empty()) {
      if (std::holds_alternative<ticket::operator_discard>(what))
        return discard_unreadable(into, job);
      throw failure{"job " + job.record.id + ": its journal can't be read: " + job.fault
                    + "; put a backup of the database back, or give the job up by: troupe job discard "
                    + job.record.id};
    }
    const auto decision = ticket::decide_offline(job.record, job.events, what, {now(), 0, job.record.id}, workflow);
    if (!decision.append)
      throw failure{"job " + job.record.id + ": " + decision.refusal};
    if (into.append_batch({&*decision.append, 1}).front().outcome == storage::append_outcome::stored)
      return;
  }
  throw failure{"job " + config::in_quotes(id) + " is being worked on; try again when it rests"};
}

} // namespace troupe::actors::cli
