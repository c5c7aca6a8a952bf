#include <cstdio>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <sys/wait.h>

#include "session_fixture.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

struct ended_program {
  int status = -1;
  std::string output;
};

ended_program run(const std::string& command) {
  ended_program result;
  auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe);
  char space[4'096];
  for (auto count = std::fread(space, 1, sizeof space, pipe); count > 0;
       count = std::fread(space, 1, sizeof space, pipe))
    result.output.append(space, count);
  const int status = ::pclose(pipe);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

} // namespace

TEST_CASE("the npm package ws and a server understand each other") {
  const std::string tests = TROUPE_TESTS_FOLDER;
  if (const auto installed = run("python3 '" + tests + "/support/npm.py'"); installed.status != 0)
    SKIP(installed.output);
  net::websocket::settings s;
  s.protocols = {"troupe"};
  session_fixture running{s};
  const auto talk = run("timeout 120 '" + tests + "/e2e/node/node_modules/node/bin/node' '" + tests
                        + "/e2e/node/sessions.mjs' " + std::to_string(running.server->port()));
  INFO(talk.output);
  CHECK(talk.status == 0);
  CHECK(talk.output.find("ok many messages of many clients keep their order") != talk.output.npos);
}
