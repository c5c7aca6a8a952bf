#include "actors/conversation/prompt.hpp"

#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::testing;
using net::llm::role;

namespace {

std::string system_of(const conversation_core::decision& decided) {
  const auto* asked = find<ask_model>(decided.effects);
  REQUIRE(asked);
  REQUIRE(asked->messages.front().role == role::system);
  return asked->messages.front().text;
}

} // namespace

TEST_CASE("a prompt holds personas, goal, what is open, and how to tell the fields") {
  talk_bench talk;
  talk.agent->steps[0].persona = "You assess.";
  const auto system = system_of(talk.user_says("hi"));
  CHECK(contains(system, "You are a friendly coach."));
  CHECK(contains(system, "You assess."));
  CHECK(contains(system, "Learn age and weight."));
  CHECK(contains(system, "- weight_kg (number, at least 30, at most 300, in kg, needed): What do you weigh?"));
  CHECK(contains(system, "<fields>"));
}

TEST_CASE("a prompt names what earlier steps found out, and what is known no more as open") {
  talk_bench talk;
  talk.user_says("I'm 34 and 80 kg");
  talk.model_says(R"(Thanks. <fields>{"values":{"age":34,"weight_kg":80}}</fields>)");
  const auto system = system_of(talk.user_says("hi"));
  CHECK(contains(system, "What earlier parts found out:\nbody: age 34; weight 80 kg"));
  CHECK_FALSE(contains(system, "- age"));
  CHECK(contains(system, "one of lose_weight | build_muscle"));
}

TEST_CASE("only the last messages go to the model, as many as the agent's window") {
  auto agent = talker();
  agent.window = 3;
  talk_bench talk{agent};
  for (int i = 0; i < 5; ++i) {
    talk.user_says("question " + std::to_string(i));
    talk.model_says("answer " + std::to_string(i));
  }
  const auto asked = talk.user_says("last");
  const auto& messages = find<ask_model>(asked.effects)->messages;
  REQUIRE(messages.size() == 4);
  CHECK(messages[1].text == "question 4");
  CHECK(messages[2].text == "answer 4");
  CHECK(messages[2].role == role::assistant);
  CHECK(messages[3].text == "last");
}

TEST_CASE("plain talk asks for no fields") {
  talk_bench talk{talker()};
  CHECK_FALSE(contains(system_of(talk.user_says("hi")), "<fields>"));
}

TEST_CASE("an agent's own limits go with the question") {
  auto agent = talker();
  agent.temperature = 0.2;
  agent.max_tokens = 99;
  agent.provider = "fast";
  agent.reply_timeout = 7s;
  talk_bench talk{agent};
  const auto decided = talk.user_says("hi");
  const auto* asked = find<ask_model>(decided.effects);
  CHECK(asked->temperature == 0.2);
  CHECK(asked->max_tokens == 99U);
  CHECK(asked->provider == "fast");
  CHECK(asked->limit == 7s);
}
