#include "config/agent_store.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>

using namespace troupe::config;

namespace {

std::shared_ptr<const agent_definition> shipped(std::string_view name) {
  static const agent_store store{{}, {}};
  return store.find(name);
}

} // namespace

TEST_CASE("the shipped onboarding has nine steps, each led by its own specialist") {
  const auto agent = shipped("onboarding");
  REQUIRE(agent);
  std::vector<std::string> names;
  std::set<std::string> specialists;
  for (const auto& step : agent->steps) {
    names.push_back(step.name);
    specialists.insert(step.agent_type);
  }
  CHECK(names
        == std::vector<std::string>{"fitness_assessment", "goals", "health", "lifestyle", "workout_planning", "diet",
                                    "preferences", "scheduling", "motivation"});
  CHECK(specialists.size() == 9);
}

TEST_CASE("each step of the shipped agents has all that a client and a model are shown") {
  for (const auto* name : {"onboarding", "profile"})
    for (const auto& step : shipped(name)->steps) {
      INFO(name << ' ' << step.name);
      CHECK_FALSE(step.description.empty());
      CHECK_FALSE(step.goal.empty());
      CHECK_FALSE(step.complete_when.empty());
      CHECK((step.persona.empty() || std::string_view{name} == "onboarding"));
    }
}

TEST_CASE("each field of the shipped agents is described, and what is asked for has a hint") {
  for (const auto* name : {"onboarding", "profile"})
    for (const auto& step : shipped(name)->steps)
      for (const auto& field : step.fields) {
        INFO(name << ' ' << step.name << ' ' << field.name);
        CHECK_FALSE(field.description.empty());
        CHECK(field.question.empty() == field.hint.empty());
        if (field.kind == field_kind::number || field.kind == field_kind::integer)
          CHECK((field.minimum && field.maximum));
      }
}

TEST_CASE("the shipped profile takes a dozen answers at most") {
  std::size_t asked = 0;
  for (const auto& step : shipped("profile")->steps)
    asked += step.complete_when.size();
  CHECK(asked <= 12);
}

TEST_CASE("the shipped chat is plain talk") {
  CHECK(shipped("chat")->steps.empty());
  CHECK_FALSE(shipped("chat")->opening.empty());
}
