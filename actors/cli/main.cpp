#include "actors/cli/groups.hpp"
#include "config/load.hpp"
#include "storage/types.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>

namespace {

using namespace troupe;
using namespace troupe::actors::cli;

constexpr int failed = 1;
constexpr int wrong = 2;

int complain(const std::string& what, int code) {
  std::cout.flush();
  std::cerr << "troupe: " << what << '\n';
  return code;
}

/// Runs the chosen command and translates what it throws, once.
int run(const invocation& call) {
  try {
    const int code = call.run();
    std::cout.flush();
    return std::cout ? code : complain("can't write the answer", failed);
  } catch (const wrong_usage& e) {
    return complain(e.what(), wrong);
  } catch (const config::invalid_configuration& e) {
    return complain("the configuration can't be used:\n" + std::string{e.what()}, failed);
  } catch (const std::exception& e) {
    return complain(e.what(), failed);
  }
}

} // namespace

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN); // NOLINT: a reader of ours that has gone shows as a failed write
  std::signal(SIGXFSZ, SIG_IGN); // NOLINT: so does a limit on the size of files
  CLI::App app{"troupe: an engine that puts what helps on tickets as they come in", "troupe"};
  app.require_subcommand(1);
  app.footer(
      "Example:\n  troupe demo\n\nEach command has --help with examples. Exit codes: 0 done, 1 failed, 2 wrong usage.");
  app.set_version_flag("--version", "troupe " TROUPE_VERSION);
  invocation call;
  add_serve(app, call);
  add_demo(app, call);
  add_check(app, call);
  add_migrate(app, call);
  add_tenant(app, call);
  add_job(app, call);
  add_import(app, call);
  add_send_webhook(app, call);
  add_chat(app, call);
  add_token(app, call);
  add_version(app, call);
  try {
    auto given = checked_words(app, {words + 1, words + count});
    std::reverse(given.begin(), given.end()); // as the parser wants them
    app.parse(std::move(given));
  } catch (const wrong_usage& e) {
    return complain(e.what(), wrong);
  } catch (const CLI::Success& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    std::cerr << explain(app, e) << '\n';
    return wrong;
  }
  return run(call);
}
