#include "reading.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using namespace troupe::config;
using troupe::testing::faults_of;
using troupe::testing::read_agent;

namespace {

const std::string talk = "persona: Be kind.\n";

/// Steps in one line each, from line 3 on.
std::string with_steps(const std::string& steps) {
  return talk + "steps:\n" + steps;
}

std::string step(const std::string& name, const std::string& more = {}) {
  return "- {name: " + name + ", goal: g" + (more.empty() ? "" : ", " + more) + "}\n";
}

} // namespace

TEST_CASE("an agent needs a persona only") {
  const auto agent = read_agent(talk);
  CHECK(agent.name == "a");
  CHECK(agent.persona == "Be kind.");
  CHECK(agent.steps.empty());
  CHECK(agent.language == "en");
  CHECK(agent.window == 20);
  CHECK(agent.time_to_live == 24h * 7);
  CHECK(agent.while_answering == busy_policy::queue);
  CHECK(agent.when_broken == broken_policy::restart);
  CHECK_FALSE(agent.temperature);
  CHECK(faults_of("") == "a.yaml: persona: is missing");
}

TEST_CASE("everything of an agent can be set") {
  const auto agent =
      read_agent("title: T\ndescription: D\nlanguage: de-AT\npersona: P\nopening: O\nclosing: C\n"
                 "model: {provider: ours, temperature: 0.5, max_tokens: 200}\n"
                 "reply_timeout: 10s\nwindow: 7\ntime_to_live: 1d\nwhile_answering: interrupt\nqueue_limit: 3\n"
                 "when_broken: keep\n");
  CHECK(agent.title == "T");
  CHECK(agent.description == "D");
  CHECK(agent.language == "de-AT");
  CHECK(agent.opening == "O");
  CHECK(agent.closing == "C");
  CHECK(agent.provider == "ours");
  CHECK(agent.temperature == 0.5);
  CHECK(agent.max_tokens == 200U);
  CHECK(agent.reply_timeout == 10s);
  CHECK(agent.window == 7);
  CHECK(agent.time_to_live == 24h);
  CHECK(agent.while_answering == busy_policy::interrupt);
  CHECK(agent.queue_limit == 3);
  CHECK(agent.when_broken == broken_policy::keep);
}

TEST_CASE("everything of a step can be set") {
  const auto agent = read_agent(with_steps(step("one", "agent: coach, description: D, persona: P, opening: O")));
  const auto& one = agent.steps.at(0);
  CHECK(one.name == "one");
  CHECK(one.agent_type == "coach");
  CHECK(one.description == "D");
  CHECK(one.persona == "P");
  CHECK(one.goal == "g");
  CHECK(one.opening == "O");
  CHECK(one.schema.empty());
  CHECK(one.next.empty());
}

TEST_CASE("a step's specialist is called like the step unless the file says otherwise") {
  CHECK(read_agent(with_steps(step("diet"))).steps[0].agent_type == "diet");
}

TEST_CASE("steps follow one another as the file lists them") {
  const auto agent = read_agent(with_steps(step("one") + step("two") + step("three")));
  CHECK(agent.steps[0].next == "two");
  CHECK(agent.steps[1].next == "three");
  CHECK(agent.steps[2].next.empty());
  CHECK(find_step(agent, "two") == &agent.steps[1]);
  CHECK(find_step(agent, "four") == nullptr);
}

TEST_CASE("steps may follow one another in an order of their own") {
  const auto agent =
      read_agent(with_steps(step("one", "next: three") + step("two", "next: end") + step("three", "next: two")));
  CHECK(agent.steps[0].next == "three");
  CHECK(agent.steps[1].next.empty());
  CHECK(agent.steps[2].next == "two");
}

TEST_CASE("a step that leads nowhere, back, or that none leads to is refused") {
  CHECK(faults_of(with_steps(step("one", "next: tow") + step("two")))
        == "a.yaml:3: steps[0].next: no step is called \"tow\"; did you mean \"two\"?");
  CHECK(faults_of(with_steps(step("one") + step("two", "next: one")))
        == "a.yaml:4: steps[1].next: leads back to \"one\": the talk would never end");
  CHECK(faults_of(with_steps(step("one", "next: end") + step("two")))
        == "a.yaml:4: steps[1]: no step leads to \"two\"");
  CHECK(faults_of(with_steps(step("one", "next: one")))
        == "a.yaml:3: steps[0].next: leads back to \"one\": the talk would never end");
}

TEST_CASE("two steps of one name and a step called end are refused") {
  CHECK(faults_of(with_steps(step("one") + step("one"))) == "a.yaml:4: steps[1].name: a second step is called \"one\"");
  CHECK(faults_of(with_steps(step("end"))).find("\"end\" is kept for the end of the talk") != std::string::npos);
}

TEST_CASE("a step without name or goal is refused") {
  CHECK(faults_of(with_steps("- {agent: coach}\n"))
        == "a.yaml:3: steps[0]: name is missing\na.yaml:3: steps[0]: goal is missing");
}

TEST_CASE("all faults of a file are told at once, with their lines") {
  CHECK(faults_of("persona: P\nwindow: many\nwhile_answering: wait\nopenning: Hi\n")
        == "a.yaml:2: window: must be a whole number from 1 to 1000; found \"many\"\n"
           "a.yaml:3: while_answering: must be one of queue, interrupt or reject; found \"wait\"\n"
           "a.yaml:4: unknown key \"openning\"; did you mean \"opening\"?");
}

TEST_CASE("a value of the wrong shape is told once") {
  CHECK(faults_of("persona: [a]\n") == "a.yaml:1: persona: must be a single value");
  CHECK(faults_of("persona: P\nsteps: {name: one}\n").find("must be a list") != std::string::npos);
  CHECK(faults_of("persona: P\nsteps: [one]\n").find("must be a section of keys and values") != std::string::npos);
}

TEST_CASE("what isn't YAML is refused") {
  CHECK(faults_of("persona: {").find("a.yaml:1: not YAML") == 0);
  CHECK(faults_of("- a\n").find("must be a list of keys and values") != std::string::npos);
}

TEST_CASE("too large a file and too many steps are refused") {
  CHECK(faults_of(talk + '#' + std::string(256 << 10, 'x')) == "a.yaml: is larger than 256KiB");
  std::string many;
  for (int i = 0; i < 21; ++i)
    many += step("s" + std::to_string(i));
  CHECK(faults_of(with_steps(many)).find("a.yaml:2: steps: more than 20 steps") == 0);
}

TEST_CASE("an agent's name must be fit for an address") {
  CHECK(faults_of(talk, "My Agent").find("an agent's name") != std::string::npos);
  CHECK(faults_of(talk, "1st").find("an agent's name") != std::string::npos);
  CHECK(faults_of(talk, "health-coach_2") == "no fault");
}

TEST_CASE("a provider that isn't there is refused") {
  CHECK(faults_of(talk + "model: {provider: our}\n")
        == "a.yaml:2: model.provider: no provider is called \"our\"; did you mean \"ours\"?");
}

TEST_CASE("an agent's version changes with its file and only with it") {
  CHECK(read_agent(talk).version == read_agent(talk).version);
  CHECK(read_agent(talk).version != read_agent(talk + "#\n").version);
  CHECK(read_agent(talk).version.size() == 12);
}

TEST_CASE("variables aren't put into an agent's texts") {
  CHECK(read_agent("persona: 'a ${HOME}'\n").persona == "a ${HOME}");
}
