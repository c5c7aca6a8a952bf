#include "actors/api/engine.hpp"
#include "actors/cli/groups.hpp"
#include "actors/cli/opened.hpp"
#include "actors/cli/process.hpp"
#include "config/load.hpp"
#include "config/workflow.hpp"

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include <iostream>

namespace troupe::actors::cli {

namespace {

int serve(const invocation& call) {
  bound_heaps();
  const stop_signals signals;
  auto settings = read_settings(call);
  auto workflow = config::load_ticket_workflow(settings.agents_dir);
  raise_file_limit(settings.server);
  config::provide_jwt_secret(settings);
  const auto server = settings.server;
  api::engine engine{std::move(settings), std::move(workflow)};
  engine.start();
  const auto url = url_of(server, engine.port());
  if (call.json)
    std::cout << nlohmann::ordered_json{{"url", url}, {"port", engine.port()}}.dump() << std::endl;
  else
    std::cout << "troupe is ready at " << url << std::endl;
  signals.wait();
  signals.end_at_next();
  const auto failed = engine.failed();
  engine.stop();
  return failed ? 1 : 0;
}

} // namespace

void add_serve(CLI::App& app, invocation& call) {
  add_command(app, "serve", "Run the server until SIGTERM or Ctrl-C; a second one ends it at once",
              "troupe serve\ntroupe serve -c /etc/troupe/troupe.yaml", call)
      ->callback([&call] { call.run = [&call] { return serve(call); }; });
}

} // namespace troupe::actors::cli
