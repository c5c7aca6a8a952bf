#include "actors/cli/job_view.hpp"

#include "actors/api/job_view.hpp"
#include "actors/cli/opened.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iostream>

namespace troupe::actors::cli {

namespace {

using json = nlohmann::ordered_json;
using storage::job_status;

constexpr std::array<std::string_view, 6> statuses{"pending", "running", "completed", "failed", "dead", "discarded"};

/// As the API has it, with the tenant, whom the API knows without it.
json with_tenant(json fields, const storage::job_record& job) {
  fields["tenant_id"] = job.tenant;
  return fields;
}

json to_json(const storage::job_record& job) {
  return with_tenant(api::job_fields(job), job);
}

/// @param payloads whether what holds ticket text is among it
json with_steps(const found_job& one, bool payloads) {
  auto out = with_tenant(api::job_with_steps(one.record, one.events), one.record);
  if (!one.fault.empty())
    out["journal_error"] = one.fault;
  if (!payloads && out["note"].is_object())
    out["note"].erase("markdown");
  for (std::size_t i = 0; payloads && i < one.events.size(); ++i)
    out["steps"][i]["payload"] = json::parse(one.events[i].payload, nullptr, false);
  return out;
}

std::string dumped(const json& value) {
  return value.dump(1, ' ', false, json::error_handler_t::replace);
}

} // namespace

std::string_view name_of(job_status status) {
  return statuses.at(static_cast<std::size_t>(status));
}

std::optional<job_status> parse_status(std::string_view text) {
  if (text == api::public_status(job_status::dead))
    return job_status::dead;
  const auto at = std::find(statuses.begin(), statuses.end(), text);
  return at == statuses.end() ? std::nullopt : std::optional{static_cast<job_status>(at - statuses.begin())};
}

void print_jobs(const invocation& call, const std::vector<storage::job_record>& all) {
  if (call.json) {
    auto out = json::array();
    for (const auto& job : all)
      out.push_back(to_json(job));
    std::cout << dumped(out) << '\n';
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& job : all)
    rows.push_back({job.id, job.tenant, job.row.ticket_id, std::string{name_of(job.row.status)},
                    std::to_string(job.row.attempt), job.row.step, shown(job.row.received_at), job.row.error});
  print_table(std::cout, {"ID", "TENANT", "TICKET", "STATUS", "ATTEMPT", "STEP", "RECEIVED", "ERROR"}, rows);
}

void print_job(const invocation& call, const found_job& one, bool payloads) {
  if (call.json) {
    std::cout << dumped(with_steps(one, payloads)) << '\n';
    return;
  }
  const auto fields = to_json(one.record);
  for (const auto& [key, value] : fields.items())
    std::cout << key << ": " << for_terminal(value.is_string() ? value.get<std::string>() : value.dump()) << '\n';
  if (!one.fault.empty()) {
    std::cout << "the journal can't be read: " << for_terminal(one.fault) << '\n';
    return;
  }
  std::cout << "steps:\n";
  for (const auto& e : one.events)
    std::cout << "  " << e.number << "  " << shown(e.at) << "  " << for_terminal(e.type)
              << (payloads ? "  " + for_terminal(e.payload) : "") << '\n';
}

void print_order(const invocation& call, const storage::job_record& after, const std::string& action) {
  if (call.json)
    std::cout << dumped({{"job", to_json(after)}, {"action", action}}) << '\n';
  else
    std::cout << "job " << after.id << ": " << action << '\n';
}

} // namespace troupe::actors::cli
