#include "actors/cli/checks.hpp"
#include "actors/cli/groups.hpp"
#include "actors/cli/opened.hpp"
#include "config/agent_store.hpp"
#include "config/load.hpp"
#include "config/workflow.hpp"
#include "net/io_threads.hpp"

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace troupe::actors::cli {

namespace {

/// The agents' names with their versions. Throws `invalid_configuration`.
std::string agents_of(const config::settings& settings) {
  std::vector<std::string> providers;
  for (const auto& provider : settings.llm.providers)
    providers.push_back(provider.name);
  std::string out;
  const auto agents = config::agent_store{settings.agents_dir, std::move(providers)}.agents();
  for (const auto& [name, agent] : *agents)
    out += (out.empty() ? "" : ", ") + name + " version " + agent.definition->version;
  return out;
}

/// Settings, workflow and agents; one finding per fault.
std::vector<finding> read(const invocation& call, config::settings& settings) {
  std::vector<finding> out;
  const auto reading = [&](const std::string& name, const auto& action) {
    try {
      out.push_back({name, true, action()});
    } catch (const config::invalid_configuration& e) {
      for (const auto& fault : e.faults())
        out.push_back({name, false, fault});
    }
  };
  reading("configuration", [&] {
    settings = read_settings(call);
    const auto file = config_file(call);
    return file.empty() ? std::string{"no file: defaults and environment"} : file.string();
  });
  if (!out.front().ok)
    return out;
  reading("workflow",
          [&] { return "ticket_enhancement, version " + config::load_ticket_workflow(settings.agents_dir).version; });
  reading("agents", [&] { return agents_of(settings); });
  return out;
}

void look(const config::settings& settings, std::vector<finding>& out) {
  net::io_threads io{1};
  out.push_back(check_certificate(settings.server.tls));
  out.push_back(check_port(io, settings.server));
  out.push_back(check_token_secret(settings));
  out.push_back(check_token_keys(io, settings.jwt));
  std::unique_ptr<storage::backend> database;
  out.push_back(check_database(settings, database));
  if (std::filesystem::exists(config::database_path(settings.storage.url)))
    out.push_back(check_pages(settings));
  if (database)
    for (const auto& tenant : database->open_reader()->list_tenants())
      out.push_back(check_desk(io, tenant));
  for (const auto& provider : settings.llm.providers)
    out.push_back(check_provider(io, provider));
  out.push_back(check_articles(io, settings.search));
}

int check(const invocation& call) {
  config::settings settings;
  auto findings = read(call, settings);
  if (findings.front().ok)
    look(settings, findings);
  const auto faults = std::count_if(findings.begin(), findings.end(), [](const auto& f) { return !f.ok; });
  if (call.json) {
    auto all = nlohmann::ordered_json::array();
    for (const auto& f : findings)
      all.push_back({{"name", f.name}, {"ok", f.ok}, {"detail", f.detail}});
    std::cout << nlohmann::ordered_json{{"ok", faults == 0}, {"checks", all}}.dump(
        1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
              << '\n';
  } else {
    for (const auto& f : findings)
      std::cout << (f.ok ? "ok     " : "FAULT  ") << for_terminal(f.name) << ": " << for_terminal(f.detail) << '\n';
    std::cout << (faults == 0 ? "all is well" : std::to_string(faults) + (faults == 1 ? " fault" : " faults")) << '\n';
  }
  return faults == 0 ? 0 : 1;
}

} // namespace

void add_check(CLI::App& app, invocation& call) {
  add_command(
      app, "check",
      "Check configuration, agents, secrets, database, desks, models, certificate and port; names every fault and "
      "changes nothing",
      "troupe check -c troupe.yaml\ntroupe check --json", call)
      ->callback([&call] { call.run = [&call] { return check(call); }; });
}

} // namespace troupe::actors::cli
