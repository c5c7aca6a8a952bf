#include "actors/cli/groups.hpp"
#include "actors/cli/job_edit.hpp"
#include "actors/cli/job_view.hpp"
#include "actors/cli/opened.hpp"
#include "config/values.hpp"
#include "config/workflow.hpp"

#include <CLI/App.hpp>

#include <iostream>
#include <memory>
#include <optional>

namespace troupe::actors::cli {

namespace {

struct list_options {
  std::optional<std::string> tenant;
  std::optional<std::string> status;
  std::optional<std::string> before;
  std::size_t limit = 50;
};

struct one_job {
  std::string id;
  bool payloads = false;
};

int list(const invocation& call, const list_options& o) {
  storage::job_filter filter;
  filter.tenant = o.tenant;
  filter.before = o.before;
  filter.limit = o.limit;
  if (o.status) {
    filter.status = parse_status(*o.status);
    if (!filter.status)
      throw wrong_usage{"--status must be one of pending, running, completed, dead or discarded; found "
                        + config::in_quotes(*o.status)};
  }
  const auto reader = open_database(read_settings(call))->open_reader();
  if (o.tenant)
    existing_tenant(*reader, *o.tenant);
  if (o.before && !reader->find_job(*o.before))
    throw failure{"--before: there is no job " + config::in_quotes(*o.before)};
  print_jobs(call, reader->list_jobs(filter));
  return 0;
}

int show(const invocation& call, const one_job& o) {
  const auto reader = open_database(read_settings(call))->open_reader();
  print_job(call, load_job(*reader, o.id), o.payloads);
  return 0;
}

int order(const invocation& call, const std::string& id, const ticket::job_command& what, const std::string& action) {
  const auto settings = read_settings(call);
  const auto workflow = config::load_ticket_workflow(settings.agents_dir);
  const auto database = open_database(settings);
  const auto reader = database->open_reader();
  const auto writer = database->open_writer();
  command_job(*reader, *writer, id, what, workflow);
  const auto after = load_job(*reader, id);
  audit(*writer, "job_" + action, after.record.tenant, after.record.id);
  print_order(call, after.record, action);
  return 0;
}

template <class Command>
void add_order(CLI::App* group, invocation& call, const char* name, const char* action, const char* meaning) {
  auto* command = add_command(*group, name, meaning,
                              std::string{"troupe job "} + name + " 01983f4e-7a7c-7cc1-a2f4-d00d5e5a9b11", call);
  auto o = std::make_shared<one_job>();
  command->add_option("ID", o->id, "The job")->required();
  command->callback(
      [&call, o, action] { call.run = [&call, o, action] { return order(call, o->id, Command{"cli"}, action); }; });
}

} // namespace

void add_job(CLI::App& app, invocation& call) {
  auto* group = add_group(app, "job", "Look at ticket jobs, retry and discard them");
  auto listed = std::make_shared<list_options>();
  auto* list_command = add_command(*group, "list", "List jobs, the newest first",
                                   "troupe job list --tenant acme\ntroupe job list --status dead --json", call);
  list_command->add_option("--tenant", listed->tenant, "Only this tenant's");
  list_command->add_option("--status", listed->status, "Only pending, running, completed, dead or discarded ones");
  whole_number(list_command->add_option("--limit", listed->limit, "How many at most"), 1, 1'000)->capture_default_str();
  list_command->add_option("--before", listed->before, "Go on behind the job of this id")->type_name("ID");
  list_command->callback([&call, listed] { call.run = [&call, listed] { return list(call, *listed); }; });

  auto shown = std::make_shared<one_job>();
  auto* show_command = add_command(*group, "show", "Show a job and what has happened to it",
                                   "troupe job show 01983f4e-7a7c-7cc1-a2f4-d00d5e5a9b11\n"
                                   "troupe job show 01983f4e-7a7c-7cc1-a2f4-d00d5e5a9b11 --payloads --json",
                                   call);
  show_command->add_option("ID", shown->id, "The job")->required();
  show_command->add_flag("--payloads", shown->payloads, "Also what the events hold: the ticket's text, its note");
  show_command->callback([&call, shown] { call.run = [&call, shown] { return show(call, *shown); }; });

  add_order<ticket::operator_retry>(group, call, "retry", "retried",
                                    "Try a dead job again, or at once one that waits for its next attempt");
  add_order<ticket::operator_discard>(group, call, "discard", "discarded", "Give a dead job up for good");
}

} // namespace troupe::actors::cli
