#include "actors/cli/groups.hpp"

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include <iostream>

namespace troupe::actors::cli {

void add_version(CLI::App& app, invocation& call) {
  auto* command = add_command(app, "version", "Print the version", "troupe version\ntroupe version --json", call);
  command->callback([&call] {
    call.run = [&call] {
      if (call.json)
        std::cout << nlohmann::ordered_json{{"version", TROUPE_VERSION}, {"compiler", __VERSION__}}.dump() << '\n';
      else
        std::cout << "troupe " TROUPE_VERSION "\n";
      return 0;
    };
  });
}

} // namespace troupe::actors::cli
