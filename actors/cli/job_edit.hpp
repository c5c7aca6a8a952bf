#pragma once

#include <string>
#include <vector>

#include "actors/ticket/job.hpp"
#include "config/workflow.hpp"
#include "storage/backend.hpp"

namespace troupe::actors::cli {

/// A job as an operator finds it.
struct found_job {
  storage::job_record record;
  std::vector<storage::stored_event> events;
  std::string fault; ///< why the journal can't be read; empty = it was
};

/// Throws `failure` when there is none of this id.
found_job load_job(storage::reader& from, const std::string& id);

/// Gives a job an operator's command: appends what follows from it, as its next event and nobody else's. When the
/// running engine was faster the job is read again. A dead job whose journal can't be read can only be discarded.
/// Throws `failure` with the refusal, or when the job never rests.
void command_job(storage::reader& from, storage::writer& into, const std::string& id, const ticket::job_command& what,
                 const config::ticket_workflow& workflow);

} // namespace troupe::actors::cli
