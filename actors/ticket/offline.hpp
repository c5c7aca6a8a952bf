#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/ticket/job_core.hpp"
#include "storage/journal.hpp"

/// What is done to a job that isn't in memory, straight on its journal: operators' commands, and giving a job up. The
/// expected number fences off whoever else writes to it meanwhile.
namespace troupe::actors::ticket {

/// A job as its journal tells it. Throws `storage::error` (`corrupt`).
job_state state_of(const std::vector<storage::stored_event>& journal);

/// What a command would append. Exactly one of both is set.
struct offline_decision {
  std::optional<storage::append> append;
  std::string refusal; ///< why not, for the operator
};

/// Decides on an operator's command. A job that is `dead` by its record but not by its journal was set aside because
/// that couldn't be read: it is given up in the journal too before anything else. Throws `storage::error` (`corrupt`).
/// @param journal all events
offline_decision decide_offline(const storage::job_record& job, const std::vector<storage::stored_event>& journal,
                                job_command what, const context& world, const config::ticket_workflow& workflow);

/// Ends the job as dead-lettered, whatever it was doing. Throws `storage::error` (`corrupt`).
offline_decision give_up_offline(const storage::entity_key& key, const std::vector<storage::stored_event>& journal,
                                 std::string error, storage::timestamp now);

} // namespace troupe::actors::ticket
