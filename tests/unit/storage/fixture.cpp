#include "fixture.hpp"

#include "config/log.hpp"

namespace troupe::storage::testing {

namespace {

/// Log lines would drown the report.
[[maybe_unused]] const bool quiet = [] {
  config::log::configure({config::log_level::off, config::log_format::json});
  return true;
}();

} // namespace

storage_fixture::storage_fixture() : database{make_database()} {
  restart();
  writer->add_tenant(make_tenant("acme"));
  writer->add_tenant(make_tenant("globex"));
}

void storage_fixture::restart() {
  reader.reset();
  writer.reset();
  backend.reset();
  backend = open(database->options());
  writer = backend->open_writer();
  reader = backend->open_reader();
}

timestamp at(std::int64_t milliseconds) {
  return timestamp{std::chrono::milliseconds{1'790'000'000'000 + milliseconds}};
}

tenant make_tenant(const std::string& id) {
  tenant value;
  value.id = id;
  value.name = id + " Ltd";
  value.desk_key = config::secret{"desk key of " + id};
  value.signing_secrets = {config::secret{"secret of " + id}};
  value.created_at = at(0);
  value.updated_at = at(0);
  return value;
}

entity_key job_of(const std::string& tenant, const std::string& id) {
  return {tenant, entity_kind::ticket_job, id};
}

append accepted(const entity_key& job, const std::string& payload) {
  append value;
  value.entity = job;
  value.events = {{"accepted", payload}};
  value.at = at(0);
  value.job = job_row{};
  value.job->ticket_id = "ticket of " + job.id;
  value.job->received_at = at(0);
  value.job->due_at = at(0);
  return value;
}

append next(const entity_key& entity, std::uint64_t expected, std::vector<std::string> types) {
  append value;
  value.entity = entity;
  value.expected = expected;
  value.at = at(1'000);
  for (auto& type : types)
    value.events.push_back({std::move(type), "{}"});
  return value;
}

entity_key talk_of(const std::string& tenant, const std::string& id) {
  return {tenant, entity_kind::conversation, id};
}

append opened(const entity_key& talk, const std::string& user, const std::string& slot) {
  append value;
  value.entity = talk;
  value.events = {{"opened", "{}"}};
  value.at = at(0);
  value.slot = slot;
  value.conversation = conversation_row{user, "coach", "v1", "goals", 1, false, false, 0, at(0), at(0)};
  return value;
}

std::optional<fault> fault_of_call(const std::function<void()>& call) {
  try {
    call();
    return std::nullopt;
  } catch (const error& problem) {
    return problem.kind();
  }
}

const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> texts{
      "'; DROP TABLE journals; --",
      "\" OR \"\"=\"",
      "a\" OR subject:b",
      "NEAR(a b, 5) AND NOT c*",
      "{subject description}: ^x + y",
      std::string{"before\0after", 12},
      "\x01\x02\x1f\x7f",
      "1\x1f"
      "printer",
      "\xff\xfe\xc0\xaf",
      "%s%n?1:name@name$name",
      std::string(5'000, '"'),
      "",
      " \t\r\n",
  };
  return texts;
}

} // namespace troupe::storage::testing
