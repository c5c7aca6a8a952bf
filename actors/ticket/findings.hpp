#pragma once

#include "actors/ticket/job.hpp"
#include "config/workflow.hpp"

namespace troupe::actors::ticket {

/// What of the findings is kept in the journal: at most the workflow's number of each, the texts cut to what a note or
/// a prompt can use.
findings bounded(findings found, const config::ticket_workflow& workflow);

} // namespace troupe::actors::ticket
