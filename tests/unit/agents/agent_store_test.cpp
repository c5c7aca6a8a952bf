#include "config/agent_store.hpp"

#include "config/load.hpp"
#include "tests/unit/config/folder.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::config;
using troupe::testing::folder;

namespace {

std::vector<std::string> faults_at_start(const std::filesystem::path& path) {
  try {
    const agent_store store{path, {}};
  } catch (const invalid_configuration& e) {
    return e.faults();
  }
  return {};
}

} // namespace

TEST_CASE("the shipped agents are there without a directory") {
  const agent_store store{{}, {}};
  REQUIRE(store.find("chat"));
  REQUIRE(store.find("profile"));
  REQUIRE(store.find("onboarding"));
  CHECK(store.agents()->size() == 3);
  CHECK(store.agents()->at("chat").origin == "shipped chat.yaml");
  CHECK_FALSE(store.find("other"));
}

TEST_CASE("a directory's agents stand beside the shipped ones and replace those of the same name") {
  const folder f;
  f.file("coach.yaml", "persona: Coach.\n");
  f.file("chat.yaml", "persona: Mine.\n");
  const agent_store store{f.path(), {}};
  CHECK(store.find("coach")->persona == "Coach.");
  CHECK(store.find("chat")->persona == "Mine.");
  CHECK(store.find("profile"));
}

TEST_CASE("workflows, hidden files and other files of the directory aren't agents") {
  const folder f;
  f.file("workflows/ticket_enhancement.yaml", "nothing: here\n");
  f.file(".swap.yaml", "nothing: here\n");
  f.file("README.md", "# hello\n");
  CHECK(agent_store{f.path(), {}}.agents()->size() == 3);
}

TEST_CASE("a start with faulty agents names the faults of all files") {
  const folder f;
  f.file("one.yaml", "persona: P\nwindow: 0\n");
  f.file("two.yaml", "opening: Hi\n");
  f.file("three.yml", "persona: P\n");
  const auto faults = faults_at_start(f.path());
  REQUIRE(faults.size() == 3);
  CHECK(faults[0] == (f.path() / "three.yml").string() + ": isn't read: an agent's file ends in .yaml");
  CHECK(faults[1].find("one.yaml:2: window: must be") != std::string::npos);
  CHECK(faults[2].find("two.yaml: persona: is missing") != std::string::npos);
}

TEST_CASE("a directory that isn't there is refused at the start") {
  const auto faults = faults_at_start("/none/at/all");
  REQUIRE(faults.size() == 1);
  CHECK(faults[0] == "agents_dir: /none/at/all can't be read: No such file or directory");
}

TEST_CASE("a changed file is picked up when asked, and who holds the former definition keeps it") {
  const folder f;
  f.file("coach.yaml", "persona: First.\n");
  agent_store store{f.path(), {}};
  const auto before = store.find("coach");
  CHECK_FALSE(store.refresh());
  f.file("coach.yaml", "persona: Second one.\n");
  CHECK(store.refresh());
  CHECK(before->persona == "First.");
  CHECK(store.find("coach")->persona == "Second one.");
  CHECK(store.find("coach")->version != before->version);
  CHECK_FALSE(store.refresh());
}

TEST_CASE("a file written anew with the same text is no change") {
  const folder f;
  f.file("coach.yaml", "persona: First.\n");
  agent_store store{f.path(), {}};
  std::filesystem::remove(f.path() / "coach.yaml");
  f.file("coach.yaml", "persona: First.\n");
  CHECK_FALSE(store.refresh());
}

TEST_CASE("a new file is a new agent") {
  const folder f;
  agent_store store{f.path(), {}};
  f.file("coach.yaml", "persona: P\n");
  CHECK(store.refresh());
  CHECK(store.find("coach"));
}

TEST_CASE("a file that became faulty leaves its former definition in place until it is mended") {
  const folder f;
  f.file("coach.yaml", "persona: First.\n");
  agent_store store{f.path(), {}};
  f.file("coach.yaml", "persona: Broken.\nwindow: x\n");
  CHECK_FALSE(store.refresh());
  CHECK(store.find("coach")->persona == "First.");
  REQUIRE(store.faults().size() == 1);
  CHECK(store.faults()[0].find("coach.yaml:2: window") != std::string::npos);
  f.file("coach.yaml", "persona: Mended.\n");
  CHECK(store.refresh());
  CHECK(store.find("coach")->persona == "Mended.");
  CHECK(store.faults().empty());
}

TEST_CASE("a new file with faults is no agent, and its faults are told") {
  const folder f;
  agent_store store{f.path(), {}};
  f.file("coach.yaml", "window: x\n");
  CHECK_FALSE(store.refresh());
  CHECK_FALSE(store.find("coach"));
  CHECK(store.faults().size() == 2);
  std::filesystem::remove(f.path() / "coach.yaml");
  CHECK_FALSE(store.refresh());
  CHECK(store.faults().empty());
}

TEST_CASE("an agent whose file is gone is kept for the conversations that run on it") {
  const folder f;
  f.file("coach.yaml", "persona: P\n");
  agent_store store{f.path(), {}};
  std::filesystem::remove(f.path() / "coach.yaml");
  CHECK(store.refresh());
  CHECK(store.agents()->at("coach").removed);
  CHECK(store.find("coach")->persona == "P");
  CHECK_FALSE(store.refresh());
  f.file("coach.yaml", "persona: P\n");
  CHECK(store.refresh());
  CHECK_FALSE(store.agents()->at("coach").removed);
}

TEST_CASE("without the file that replaced it, the shipped agent is back") {
  const folder f;
  f.file("chat.yaml", "persona: Mine.\n");
  agent_store store{f.path(), {}};
  std::filesystem::remove(f.path() / "chat.yaml");
  CHECK(store.refresh());
  CHECK(store.agents()->at("chat").origin == "shipped chat.yaml");
  CHECK_FALSE(store.agents()->at("chat").removed);
}

TEST_CASE("a directory that can't be read any more takes no agent away") {
  const folder f;
  f.file("agents/coach.yaml", "persona: P\n");
  agent_store store{f.path() / "agents", {}};
  std::filesystem::rename(f.path() / "agents", f.path() / "elsewhere");
  CHECK_FALSE(store.refresh());
  CHECK_FALSE(store.agents()->at("coach").removed);
  CHECK(store.faults().size() == 1);
  std::filesystem::rename(f.path() / "elsewhere", f.path() / "agents");
  CHECK_FALSE(store.refresh());
  CHECK(store.faults().empty());
}

TEST_CASE("an agent's provider must be one of the configured ones") {
  const folder f;
  f.file("coach.yaml", "persona: P\nmodel: {provider: ours}\n");
  CHECK(faults_at_start(f.path()).size() == 1);
  CHECK(agent_store{f.path(), {"ours"}}.find("coach")->provider == "ours");
}
