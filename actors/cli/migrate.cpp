#include "actors/api/serve_lock.hpp"
#include "actors/cli/groups.hpp"
#include "actors/cli/opened.hpp"
#include "config/load.hpp"

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>
#include <optional>

namespace troupe::actors::cli {

namespace {

int report(const invocation& call, const storage::migration_status& status) {
  if (call.json)
    std::cout << nlohmann::ordered_json{{"current", status.current}, {"latest", status.latest}}.dump() << '\n';
  else
    std::cout << "the database is at version " << status.current << "; this program knows up to " << status.latest
              << '\n';
  return 0;
}

int migrate(const invocation& call, bool up, const std::optional<int>& to) {
  const auto options = open_options(read_settings(call));
  const auto state = storage::migration_state(options);
  const int target = to.value_or(up ? state.latest : std::max(0, state.current - 1));
  if (!up && !to && state.current <= 1)
    throw failure{"the database is at version " + std::to_string(state.current) + ": there is none below"};
  if (to && (target < 1 || target > state.latest))
    throw wrong_usage{"--to must be a version from 1 to " + std::to_string(state.latest) + "; found "
                      + std::to_string(target)};
  if (up ? target < state.current : target > state.current)
    throw wrong_usage{"the database is at version " + std::to_string(state.current) + "; use 'troupe migrate "
                      + (up ? "down" : "up") + "' to get to " + std::to_string(target)};
  // A server that runs would go on with tables that aren't there any more.
  const api::serve_lock alone{config::database_path(options.url)};
  return report(call, storage::migrate(options, target));
}

} // namespace

void add_migrate(CLI::App& app, invocation& call) {
  auto* group = add_group(app, "migrate", "Bring the database to another version of its schema, with its data");
  auto to = std::make_shared<std::optional<int>>();
  const auto with_target = [&](CLI::App* command, const char* meaning) {
    whole_number(command->add_option("--to", *to, meaning), 1, 9'999)->type_name("VERSION");
    return command;
  };
  with_target(add_command(*group, "up", "Migrate to the newest version, or to one of your choice",
                          "troupe migrate up -c troupe.yaml\ntroupe migrate up --to 2", call),
              "Version to stop at (default: the newest)")
      ->callback([&call, to] { call.run = [&call, to] { return migrate(call, true, *to); }; });
  with_target(add_command(*group, "down", "Migrate back by one version, for an older program",
                          "troupe migrate down -c troupe.yaml\ntroupe migrate down --to 1", call),
              "Version to stop at (default: the one before)")
      ->callback([&call, to] { call.run = [&call, to] { return migrate(call, false, *to); }; });
  add_command(*group, "status", "Tell the database's version and the newest one", "troupe migrate status --json", call)
      ->callback([&call] {
        call.run = [&call] { return report(call, storage::migration_state(open_options(read_settings(call)))); };
      });
}

} // namespace troupe::actors::cli
