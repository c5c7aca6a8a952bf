#include "actors/cli/job_view.hpp"

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
constexpr std::array<std::string_view, 4> priorities{"low", "medium", "high", "critical"};

json to_json(const storage::job_record& job) {
  const auto& r = job.row;
  return {{"id", job.id},
          {"tenant", job.tenant},
          {"ticket_id", r.ticket_id},
          {"priority", priorities.at(static_cast<std::size_t>(r.priority))},
          {"status", name_of(r.status)},
          {"attempt", r.attempt},
          {"step", r.step},
          {"error", r.error},
          {"received_at", shown(r.received_at)},
          {"due_at", shown(r.due_at)},
          {"finished_at", r.finished_at ? json(shown(*r.finished_at)) : json()},
          {"provider", r.provider},
          {"input_tokens", r.input_tokens},
          {"output_tokens", r.output_tokens},
          {"cost", r.cost},
          {"note_id", r.note_id},
          {"correlation_id", r.correlation_id}};
}

std::string dumped(const json& value) {
  return value.dump(1, ' ', false, json::error_handler_t::replace);
}

} // namespace

std::string_view name_of(job_status status) {
  return statuses.at(static_cast<std::size_t>(status));
}

std::optional<job_status> parse_status(std::string_view text) {
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
  auto fields = to_json(one.record);
  if (call.json) {
    auto& events = fields["events"] = json::array();
    for (const auto& e : one.events) {
      json event{{"number", e.number}, {"type", e.type}, {"at", shown(e.at)}};
      if (payloads)
        event["payload"] = json::parse(e.payload, nullptr, false);
      events.push_back(std::move(event));
    }
    std::cout << dumped(fields) << '\n';
    return;
  }
  for (const auto& [key, value] : fields.items())
    std::cout << key << ": " << for_terminal(value.is_string() ? value.get<std::string>() : dumped(value)) << '\n';
  std::cout << "events:\n";
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
