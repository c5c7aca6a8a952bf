#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "actors/cli/command.hpp"
#include "actors/cli/job_edit.hpp"
#include "storage/jobs.hpp"

/// How jobs are shown.
namespace troupe::actors::cli {

std::string_view name_of(storage::job_status status);
/// A status by its name here or in the API, where dead jobs are `failed`.
std::optional<storage::job_status> parse_status(std::string_view text);

void print_jobs(const invocation& call, const std::vector<storage::job_record>& all);

/// @param payloads whether the events' contents are shown, which hold ticket text
void print_job(const invocation& call, const found_job& one, bool payloads);

void print_order(const invocation& call, const storage::job_record& after, const std::string& action);

} // namespace troupe::actors::cli
