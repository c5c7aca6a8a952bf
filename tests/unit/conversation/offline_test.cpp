#include "fixture.hpp"

#include "actors/conversation/offline.hpp"
#include "actors/conversation/phrases.hpp"

#include <set>

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::testing;

namespace {

struct offline_talk : talk_bench {
  explicit offline_talk(agent_definition with = coach()) : talk_bench{std::move(with), false} {
    settings.understand = [](std::string_view message, const config::agent_step& step,
                             const actors::conversation::talk& so_far) {
      auto out = understand_simply(message, step, so_far);
      // Who names a field means that one.
      if (std::any_of(out.values.begin(), out.values.end(), [](const auto& x) { return x.correction; }))
        std::erase_if(out.values, [](const auto& x) { return !x.correction; });
      return out;
    };
  }

  std::string hears(std::string text) {
    const auto decided = user_says(std::move(text));
    CHECK_FALSE(find<ask_model>(decided.effects));
    return last_words();
  }
};

} // namespace

TEST_CASE("without a model the opening line asks the first question") {
  offline_talk talk;
  CHECK(talk.last_words() == "Hi, I'm your coach.\n\nHow old are you?");
  CHECK(talk.state.asked == "age");
}

TEST_CASE("without a model questions are asked in order, answers acknowledged, and the talk ends with a summary") {
  offline_talk talk;
  CHECK(talk.hears("34").ends_with("What do you weigh?"));
  CHECK(talk.hears("80 kg").ends_with("Any injuries?"));
  talk.hears("a bad knee");
  CHECK(talk.state.step == "goal");
  CHECK(talk.last_words() == "Now about your goal.\n\nWhat do you want?");
  const auto closing = talk.hears("get slim");
  CHECK(talk.state.completed);
  CHECK(closing
        == "That's it, let's go!\n\nHere is what I have so far:\n"
           "body: age 34; weight 80 kg; injuries a bad knee\ngoal: target lose weight");
  CHECK(talk.state.profile.find("body", "age")->origin == field_origin::answer);
  CHECK(talk.hears("great") == "We've covered everything. Tell me if anything should be changed.");
}

TEST_CASE("without a model a field without a question is never asked for, but taken when it is said") {
  auto agent = coach();
  agent.steps[0].fields[2].question.clear();
  offline_talk quick{agent};
  CHECK(quick.hears("34").ends_with("What do you weigh?"));
  quick.hears("80 kg");
  CHECK(quick.state.step == "goal");
  agent.steps[0].fields[1].question.clear();
  offline_talk needed{agent};
  CHECK(needed.hears("34").ends_with("weight?"));
}

TEST_CASE("acknowledgements vary") {
  auto agent = coach();
  agent.steps[0].fields.clear();
  for (int i = 0; i < 6; ++i)
    agent.steps[0].fields.push_back(
        field("n" + std::to_string(i), config::field_kind::integer, "Number " + std::to_string(i) + "?", true));
  offline_talk talk{agent};
  std::set<std::string> said;
  for (int i = 0; i < 4; ++i) {
    const auto words = talk.hears("7");
    said.insert(words.substr(0, words.find("Number")));
  }
  CHECK(said.size() >= 3);
}

TEST_CASE("an answer out of range is told kindly and asked again") {
  offline_talk talk;
  CHECK(talk.hears("340") == "That can't be your age. How old are you?");
  CHECK(talk.value("body", "age") == "unknown");
  CHECK(talk.hears("34").ends_with("What do you weigh?"));
}

TEST_CASE("an unclear answer is asked again in other words each time") {
  offline_talk talk;
  talk.hears("34");
  const auto first = talk.hears("heavy");
  const auto second = talk.hears("really heavy");
  CHECK(first.ends_with("A number such as 80 kg will do. What do you weigh?"));
  CHECK(contains(second, "For weight I can only take values from 30 to 300 kg."));
  CHECK(first != second);
  CHECK(talk.hears("80").ends_with("Any injuries?"));
}

TEST_CASE("an optional field can be skipped, a needed one can't") {
  offline_talk talk;
  CHECK(talk.hears("skip") == "I understand, but I do need to know your age to go on. How old are you?");
  CHECK(talk.hears("I'd rather not say").starts_with("I understand"));
  talk.hears("34");
  talk.hears("80");
  talk.hears("skip");
  CHECK(talk.state.profile.find("body", "injuries")->skipped());
  CHECK(talk.state.step == "goal");
}

TEST_CASE("an optional field that isn't understood is left open after two tries") {
  auto agent = coach();
  agent.steps[0].fields[2].kind = config::field_kind::number;
  offline_talk talk{agent};
  talk.hears("34");
  talk.hears("80");
  talk.hears("hm");
  CHECK(talk.state.step == "body");
  talk.hears("dunno");
  CHECK(talk.state.step == "goal");
}

TEST_CASE("an earlier answer is put right at any time, also one of an earlier step") {
  offline_talk talk;
  talk.hears("34");
  CHECK(talk.hears("my age is 35") == "All right, I've changed age to 35. What do you weigh?");
  CHECK(talk.value("body", "age") == "35");
  CHECK(talk.state.profile.find("body", "age")->origin == field_origin::correction);
  talk.hears("80");
  talk.hears("none");
  CHECK(talk.hears("change my weight to 78").starts_with("All right, I've changed weight to 78 kg."));
  CHECK(talk.value("body", "weight_kg") == "78");
  CHECK(talk.state.step == "goal");
}

TEST_CASE("the user is told what is known, then asked on") {
  offline_talk talk;
  CHECK(talk.hears("What do you know about me?") == "I don't know anything about you yet. How old are you?");
  talk.hears("34");
  CHECK(talk.hears("show my profile please") == "Here is what I have so far:\nbody: age 34\n\nWhat do you weigh?");
}

TEST_CASE("a question of the user's isn't taken for an answer") {
  offline_talk talk;
  CHECK(talk.hears("Why do you ask?").starts_with("I can't answer questions just now"));
  CHECK(talk.value("body", "age") == "unknown");
}

TEST_CASE("a word is a request only where it stands for itself") {
  CHECK(request_in("skip") == request::skip);
  CHECK(request_in("Please skip this one") == request::skip);
  CHECK(request_in("I never skip breakfast because I love it") == request::none);
  CHECK(request_in("skipping rope") == request::none);
  CHECK(request_in("my profile") == request::summary);
}

TEST_CASE("an agent of a language that the composer doesn't speak says its own words only") {
  auto agent = coach();
  agent.language = "fr";
  agent.steps[0].fields[0].question = "Quel âge ?";
  agent.steps[0].fields[1].question = "Quel poids ?";
  offline_talk talk{agent};
  CHECK(talk.hears("34") == "Quel poids ?");
}

TEST_CASE("an outage in the midst of the talk asks for what is open") {
  talk_bench talk;
  talk.user_says("I'm 34");
  talk.model_says(R"(Nice. And your weight? <fields>{"values":{"age":34}}</fields>)");
  talk.user_says("eighty");
  talk.model_fails();
  CHECK(talk.last_words() == "What do you weigh?");
  talk.user_says("80");
  talk.model_fails();
  CHECK(talk.value("body", "weight_kg") == "80");
}
