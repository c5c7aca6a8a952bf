#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "storage/jobs.hpp"
#include "storage/types.hpp"

namespace troupe::actors::api {

/// How API users read a job's status: `pending`, `running`, `completed`, `failed` (dead-lettered) or `discarded`.
std::string_view public_status(storage::job_status status) noexcept;

/// RFC 3339 in UTC with milliseconds.
std::string to_rfc3339(storage::timestamp at);

/// A job's record as JSON: what lists show.
nlohmann::ordered_json job_fields(const storage::job_record& job);

/// The same with its steps and its note: what `GET /api/v1/jobs/{id}` and the command line show. Throws
/// `storage::error` (`corrupt`) when the journal can't be read.
nlohmann::ordered_json job_with_steps(const storage::job_record& job,
                                      const std::vector<storage::stored_event>& journal);

/// The same for a job whose journal can't be read: without steps and note, with an `error` that says so.
nlohmann::ordered_json job_without_steps(const storage::job_record& job);

} // namespace troupe::actors::api
