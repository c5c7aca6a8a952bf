#include "actors/api/job_view.hpp"

#include <nlohmann/json.hpp>

#include "actors/ticket/offline.hpp"
#include "actors/ticket/priority.hpp"
#include "config/log_line.hpp"

namespace troupe::actors::api {

namespace {

using json = nlohmann::ordered_json;

std::string_view source_name(ticket::source_status value) {
  switch (value) {
  case ticket::source_status::ok:
    return "ok";
  case ticket::source_status::empty:
    return "empty";
  case ticket::source_status::failed:
    return "failed";
  case ticket::source_status::timed_out:
    return "timed_out";
  case ticket::source_status::off:
    return "off";
  case ticket::source_status::cached:
    return "cached";
  }
  return "off";
}

json source_json(const ticket::source_report& report, std::size_t results) {
  return {{"status", source_name(report.status)}, {"ms", report.took.count()}, {"results", results}};
}

/// What a step left that is worth showing besides its name and time.
struct step_details {
  json operator()(const ticket::claimed& e) const {
    return {{"attempt", e.attempt}};
  }

  json operator()(const ticket::gathered& e) const {
    return {{"sources",
             {{"tickets", source_json(e.found.tickets_source, e.found.tickets.size())},
              {"articles", source_json(e.found.articles_source, e.found.articles.size())},
              {"assets", source_json(e.found.assets_source, e.found.systems.size())}}}};
  }

  json operator()(const ticket::synthesized& e) const {
    json result{{"provider", e.provider}, {"model", e.model}};
    if (!e.fallback.empty())
      result["fallback"] = e.fallback;
    return result;
  }

  json operator()(const ticket::write_unknown& e) const {
    return {{"error", e.error}};
  }

  json operator()(const ticket::write_refused& e) const {
    return {{"error", e.error}};
  }

  json operator()(const ticket::note_written& e) const {
    return {{"found", e.found}};
  }

  json operator()(const ticket::failed& e) const {
    return {{"step", e.step}, {"error", e.error}, {"retry_at", to_rfc3339(e.retry_at)}};
  }

  json operator()(const ticket::postponed& e) const {
    return {{"step", e.step}, {"reason", e.reason}, {"retry_at", to_rfc3339(e.retry_at)}};
  }

  json operator()(const ticket::dead_lettered& e) const {
    return {{"step", e.step}, {"error", e.error}};
  }

  template <class Other>
  json operator()(const Other&) const {
    return json::object();
  }
};

void add_text(json& to, const char* key, const std::string& value) {
  to[key] = value.empty() ? json{} : json(value);
}

} // namespace

std::string_view public_status(storage::job_status status) noexcept {
  switch (status) {
  case storage::job_status::pending:
    return "pending";
  case storage::job_status::running:
    return "running";
  case storage::job_status::completed:
    return "completed";
  case storage::job_status::failed:
  case storage::job_status::dead:
    return "failed";
  case storage::job_status::discarded:
    return "discarded";
  }
  return "pending";
}

std::string to_rfc3339(storage::timestamp at) {
  return config::log::format_time(at);
}

nlohmann::ordered_json job_fields(const storage::job_record& job) {
  const auto& row = job.row;
  json result{{"job_id", job.id},
              {"ticket_id", row.ticket_id},
              {"status", public_status(row.status)},
              {"dead_letter", row.status == storage::job_status::dead},
              {"priority", ticket::priority_name(row.priority)},
              {"attempt", row.attempt},
              {"received_at", to_rfc3339(row.received_at)},
              {"finished_at", row.finished_at ? json(to_rfc3339(*row.finished_at)) : json{}},
              {"usage", {{"input_tokens", row.input_tokens}, {"output_tokens", row.output_tokens}, {"cost", row.cost}}},
              {"correlation_id", row.correlation_id}};
  add_text(result, "step", row.step);
  add_text(result, "error", row.error);
  add_text(result, "provider", row.provider);
  if (row.status == storage::job_status::pending && row.attempt > 0)
    result["retry_at"] = to_rfc3339(row.due_at);
  return result;
}

nlohmann::ordered_json job_with_steps(const storage::job_record& job,
                                      const std::vector<storage::stored_event>& journal) {
  auto result = job_fields(job);
  json note;
  auto& steps = result["steps"] = json::array();
  for (const auto& stored : journal) {
    const auto event = ticket::job_core::decode(stored.type, stored.payload);
    if (const auto* text = std::get_if<ticket::synthesized>(&event))
      note = {{"markdown", text->note}};
    auto step = std::visit(step_details{}, event);
    step["number"] = stored.number;
    step["event"] = stored.type;
    step["at"] = to_rfc3339(stored.at);
    steps.push_back(std::move(step));
  }
  if (note.is_object())
    add_text(note, "note_id", job.row.note_id);
  result["note"] = std::move(note);
  return result;
}

nlohmann::ordered_json job_without_steps(const storage::job_record& job) {
  static constexpr std::string_view unreadable = "its journal can't be read";
  auto result = job_fields(job);
  if (!job.row.error.starts_with(unreadable)) // a job that was set aside tells more
    result["error"] = unreadable;
  result["steps"] = json::array();
  result["note"] = nullptr;
  return result;
}

} // namespace troupe::actors::api
