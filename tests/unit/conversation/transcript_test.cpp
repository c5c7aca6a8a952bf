#include <catch2/catch_test_macros.hpp>

#include "actors/conversation/transcript.hpp"
#include "actors/conversation/whole_profile.hpp"
#include "fixture.hpp"

using namespace troupe::testing;

namespace {

conversation_settings settings_of(const agent_definition& agent) {
  conversation_settings out;
  out.agent = [shared = std::make_shared<const agent_definition>(agent)](std::string_view) { return shared; };
  out.understand = understand_simply;
  out.check = check_by_kind;
  return out;
}

transcript_line user(std::string text) {
  return {speaker::user, std::move(text)};
}

transcript_line agent(std::string text) {
  return {speaker::agent, std::move(text)};
}

conversation_state folded(const std::vector<transcript_line>& lines, const agent_definition& by = coach()) {
  return fold(lines, by, settings_of(by), {start_time, 0, {}});
}

std::vector<std::string> texts_of(const conversation_state& s) {
  std::vector<std::string> out;
  for (const auto& one : s.messages)
    out.push_back(one.text);
  return out;
}

} // namespace

TEST_CASE("what one says in a row is one line, and silence is none") {
  const auto lines = in_turns({user("a"), user("b"), agent(" \n"), user("c"), agent("d"), agent("e")});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].text == "a\n\nb\n\nc");
  CHECK(lines[1].text == "d\n\ne");
}

TEST_CASE("a folded talk stands as its transcript tells it") {
  const auto s = folded({agent("Hello! How old are you?"), user("34"), agent("And your weight?"), user("80"),
                         agent("Thanks. What do you want?")});
  CHECK(texts_of(s)
        == std::vector<std::string>{"Hello! How old are you?", "34", "And your weight?", "80",
                                    "Thanks. What do you want?"});
  CHECK(s.profile.find("body", "age")->value == "34");
  CHECK(s.profile.find("body", "weight_kg")->value == "80");
  CHECK_FALSE(s.turn);
}

TEST_CASE("a talk that the user begins has no opening line") {
  CHECK(texts_of(folded({user("hi"), agent("hello")}, talker())) == std::vector<std::string>{"hi", "hello"});
  CHECK(texts_of(folded({}, talker())).empty());
}

TEST_CASE("the question asked last is found, by its words or by its field's name") {
  const auto by = coach();
  CHECK(find_asked("Fine. How old are you? What do you weigh?", by).field->name == "weight_kg");
  CHECK(find_asked("May I know your age?", by).field->name == "age");
  CHECK_FALSE(find_asked("Your page?", by).field);
  CHECK_FALSE(find_asked("I know your age.", by).field);
}

TEST_CASE("a transcript's answers belong to the questions before them, in whatever order") {
  const auto known = profile_of({agent("What do you weigh?"), user("80"), agent("Your age?"), user("34"),
                                 agent("What do you want?"), user("to be slim")},
                                coach(), understand_simply, start_time);
  CHECK(known.find("body", "weight_kg")->value == "80");
  CHECK(known.find("body", "age")->value == "34");
  CHECK(known.find("goal", "target")->value == R"("lose_weight")");
  CHECK(missing_in(known, coach()).empty());
}

TEST_CASE("a model's profile is judged step by step, and faults say where they are") {
  profile known;
  const auto faults =
      judge_profile("Here: ```{\"body\": {\"values\": {\"age\": 7, \"weight_kg\": 80}}, \"goal\": 5, \"other\": {}}```",
                    known, coach(), check_by_kind);
  CHECK(faults == std::vector<std::string>{"/body/values/age: is too small", "/goal: the whole must be a JSON object"});
  CHECK(known.find("body", "weight_kg"));
  CHECK_FALSE(known.find("body", "age"));
  CHECK(missing_in(known, coach()) == std::vector<std::string>{"/body/age", "/goal/target"});
  CHECK(judge_profile("no JSON", known, coach(), check_by_kind).size() == 1);
}
