#include "actors/cli/tenant_removal.hpp"

#include "actors/cli/opened.hpp"
#include "config/values.hpp"

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <iostream>
#include <memory>

namespace troupe::actors::cli {

namespace {

struct options {
  std::string id;
  bool yes = false;
};

/// Lets a person at a terminal type the id once more. Throws `wrong_usage` where nobody can be asked.
void confirm(const storage::tenant& t) {
  if (::isatty(STDIN_FILENO) != 1)
    throw wrong_usage{"--yes is missing: what is removed can't be brought back, and there is no terminal to ask at"};
  std::cerr << "Tenant " << t.id << (t.name.empty() ? "" : " (" + for_terminal(t.name) + ")")
            << " goes for good, with its jobs, notes, tickets, articles and inventory.\n"
            << "Type its id to remove it: " << std::flush;
  std::string typed;
  std::getline(std::cin, typed);
  if (typed != t.id)
    throw failure{"nothing was removed: " + config::in_quotes(typed) + " isn't " + config::in_quotes(t.id)};
}

/// Removes what removed tenants have left, a former and interrupted removal's included.
std::size_t clear(storage::writer& into) {
  std::size_t rows = 0;
  while (const auto removed = into.clear_removed()) {
    rows += removed;
    if (::isatty(STDERR_FILENO) == 1)
      std::cerr << "\r\x1b[K" << rows << " rows removed" << std::flush;
  }
  if (rows > 0 && ::isatty(STDERR_FILENO) == 1)
    std::cerr << "\r\x1b[K";
  return rows;
}

int remove(const invocation& call, const options& o) {
  const auto database = open_database(read_settings(call));
  const auto writer = database->open_writer();
  clear(*writer);
  const auto t = existing_tenant(*database->open_reader(), o.id);
  if (!o.yes)
    confirm(t);
  if (!writer->remove_tenant(t.id))
    throw failure{"tenant " + t.id + " was removed by somebody else meanwhile"};
  audit(*writer, "tenant_removed", t.id, "");
  const auto rows = clear(*writer);
  if (call.json)
    std::cout << nlohmann::ordered_json{{"tenant_id", t.id}, {"action", "removed"}, {"rows", rows}}.dump() << '\n';
  else
    std::cout << "tenant " << t.id << ": removed\n";
  return 0;
}

} // namespace

void add_tenant_removal(CLI::App& group, invocation& call) {
  auto* command = add_command(group, "remove",
                              "Remove a tenant for good, with its keys, jobs, notes, tickets, articles and inventory; "
                              "works while the server runs",
                              "troupe tenant remove acme\ntroupe tenant remove acme --yes --json", call);
  const auto o = std::make_shared<options>();
  command->add_option("ID", o->id, "The tenant")->required();
  command->add_flag("--yes", o->yes, "Don't ask for the id once more");
  command->callback([&call, o] { call.run = [&call, o] { return remove(call, *o); }; });
}

} // namespace troupe::actors::cli
