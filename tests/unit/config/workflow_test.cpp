#include "config/workflow.hpp"

#include "config/load.hpp"
#include "folder.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using namespace troupe::config;

namespace {

const std::string least = "synthesize: {instructions: Write a note.}\n";

std::string fault_of(const std::string& text) {
  try {
    parse_ticket_workflow(text, "w.yaml");
  } catch (const invalid_configuration& e) {
    REQUIRE(e.faults().size() == 1);
    return e.faults().front();
  }
  return "no fault";
}

} // namespace

TEST_CASE("the shipped workflow is part of the program") {
  const auto flow = load_ticket_workflow({});
  CHECK(flow.name == "ticket_enhancement");
  CHECK(flow.instructions.find("## Similar Tickets") != std::string::npos);
  CHECK(flow.word_limit == 500);
  CHECK(flow.time_limit == 120s);
  CHECK(flow.version.size() == 12);
}

TEST_CASE("the shipped workflow says what the defaults are") {
  const auto shipped = load_ticket_workflow({});
  const auto defaults = parse_ticket_workflow(least, "w.yaml");
  CHECK(shipped.tickets.limit == defaults.tickets.limit);
  CHECK(shipped.articles.timeout == defaults.articles.timeout);
  CHECK(shipped.assets.limit == defaults.assets.limit);
  CHECK(shipped.synthesize_timeout == defaults.synthesize_timeout);
  CHECK(shipped.write_margin == defaults.write_margin);
  CHECK(shipped.writes == defaults.writes);
  CHECK(shipped.retries == defaults.retries);
  CHECK(shipped.backoff_base == defaults.backoff_base);
  CHECK(shipped.backoff_limit == defaults.backoff_limit);
}

TEST_CASE("each step of a workflow can be set") {
  const auto flow =
      parse_ticket_workflow("name: ticket_enhancement\n"
                            "time_limit: 1m\n"
                            "gather:\n"
                            "  tickets: {enabled: false, limit: 7, timeout: 1s}\n"
                            "  articles: {limit: 1}\n"
                            "synthesize: {instructions: Go., language: de, word_limit: 100, timeout: 5s}\n"
                            "write_note: {timeout: 6s, margin: 1s, writes: 2}\n"
                            "retry: {retries: 0, backoff_base: 1s, backoff_limit: 1h}\n",
                            "w.yaml");
  CHECK_FALSE(flow.tickets.enabled);
  CHECK(flow.tickets.limit == 7);
  CHECK(flow.tickets.timeout == 1s);
  CHECK(flow.articles.limit == 1);
  CHECK(flow.articles.timeout == 10s);
  CHECK(flow.language == "de");
  CHECK(flow.word_limit == 100);
  CHECK(flow.synthesize_timeout == 5s);
  CHECK(flow.write_timeout == 6s);
  CHECK(flow.write_margin == 1s);
  CHECK(flow.writes == 2);
  CHECK(flow.retries == 0);
  CHECK(flow.backoff_base == 1s);
  CHECK(flow.backoff_limit == 1h);
}

TEST_CASE("a workflow's version changes with its text") {
  CHECK(parse_ticket_workflow(least, "w.yaml").version != parse_ticket_workflow(least + " ", "w.yaml").version);
  CHECK(parse_ticket_workflow(least, "w.yaml").version == parse_ticket_workflow(least, "other.yaml").version);
}

TEST_CASE("a wrong workflow is refused with file, line and reason") {
  CHECK(fault_of(least + "retry: {retries: many}")
        == "w.yaml:2: retry.retries: must be a whole number from 0 to 100; found \"many\"");
  CHECK(fault_of(least + "gather: {ticket: {limit: 1}}")
        == "w.yaml:2: unknown key \"gather.ticket\"; did you mean \"gather.tickets\"?");
  CHECK(fault_of("") == "w.yaml: synthesize.instructions: is missing");
  CHECK(fault_of(least + "name: other").find("must be ticket_enhancement") != std::string::npos);
  CHECK(fault_of(least + "retry: {backoff_base: 1h, backoff_limit: 1s}").find("must not be less") != std::string::npos);
  CHECK(fault_of("synthesize: {").find("not YAML") != std::string::npos);
}

TEST_CASE("variables aren't put into a workflow") {
  CHECK(parse_ticket_workflow("synthesize: {instructions: 'a ${HOME}'}", "w").instructions == "a ${HOME}");
}

TEST_CASE("a workflow in the agents' directory replaces the shipped one") {
  const troupe::testing::folder folder;
  folder.file("workflows/ticket_enhancement.yaml", "synthesize: {instructions: Mine.}");
  CHECK(load_ticket_workflow(folder.path()).instructions == "Mine.");
}

TEST_CASE("an agents' directory without a workflow leaves the shipped one") {
  const troupe::testing::folder folder;
  CHECK(load_ticket_workflow(folder.path()).version == load_ticket_workflow({}).version);
}

TEST_CASE("an agents' directory that isn't there is refused") {
  CHECK_THROWS_AS(load_ticket_workflow("/none/at/all"), invalid_configuration);
}
