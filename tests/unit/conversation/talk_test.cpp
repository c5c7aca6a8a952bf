#include "said.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors::conversation;
using troupe::testing::friday;
using troupe::testing::shipped_step;
using troupe::testing::told;

namespace {

talk asked(std::string_view expected, std::string_view previous = {}, std::vector<std::string_view> known = {}) {
  return {expected, previous, std::move(known), friday, "en"};
}

understanding assessed(std::string_view message, const talk& so_far) {
  return understand(message, shipped_step("onboarding/fitness_assessment"), so_far);
}

} // namespace

TEST_CASE("several fields in one message are all understood") {
  CHECK(told(assessed("I'm 34, 82 kg, 1.80", asked("age"))) == "age=34 weight=82 height=180");
  CHECK(told(assessed("34, 180cm, 82kg", asked("age"))) == "age=34 height=180 weight=82");
  CHECK(told(assessed("I weigh 180 lb and I'm 5'10\"", asked("height"))) == "weight=81.6 height=177.8");
  CHECK(told(assessed("34 years old, 1m80, beginner", asked(""))) == "age=34 height=180 experience=\"beginner\"");
  CHECK(told(assessed("I am 29, female, 165cm and 60kg, never trained", asked("age")))
        == "age=29 height=165 weight=60 sex=\"female\" experience=\"beginner\"");
  CHECK(told(understand("3 times per week for 45 minutes at home", shipped_step("onboarding/workout_planning"),
                        asked("sessions_per_week")))
        == "sessions_per_week=3 session_length=45 location=\"home\"");
  CHECK(told(assessed("weight 82 height 180 age 34", asked(""))) == "weight=82 height=180 age=34");
}

TEST_CASE("an answer to another question isn't taken for the one that was asked") {
  CHECK(told(assessed("82 kg", asked("height"))) == "weight=82");
  CHECK(told(assessed("I'm a complete beginner", asked("weight"))) == "experience=\"beginner\"");
  CHECK(told(understand("30 minutes", shipped_step("onboarding/diet"), asked("diet"))) == "cooking_time=30");
}

TEST_CASE("a number that stands in a sentence is no answer to what wasn't asked") {
  CHECK(told(understand("I have 2 kids", shipped_step("onboarding/diet"), asked("diet"))) == "-");
}

TEST_CASE("what is known is corrected by naming it") {
  const auto out = assessed("my weight is 78 kg", asked("experience", "activity_level", {"weight", "activity_level"}));
  REQUIRE(told(out) == "weight=78");
  CHECK(out.values[0].correction);
}

TEST_CASE("what is known is corrected by a word of correction and a unit") {
  const auto out = assessed("actually 78 kg", asked("experience", "activity_level", {"weight", "activity_level"}));
  REQUIRE(told(out) == "weight=78");
  CHECK(out.values[0].correction);
}

TEST_CASE("a bare correction is about what was answered last") {
  CHECK(told(assessed("no, 78", asked("activity_level", "weight", {"weight"}))) == "weight=78");
  CHECK(told(assessed("sorry, 181", asked("weight", "height", {"height"}))) == "height=181");
  CHECK(told(assessed("I meant intermediate", asked("current_sessions_per_week", "experience", {"experience"})))
        == "experience=\"intermediate\"");
}

TEST_CASE("without a word of correction, what is known stays") {
  CHECK(told(assessed("82 kg of pure muscle", asked("experience", {}, {"weight"}))) == "-");
}

TEST_CASE("a no to a question isn't a correction") {
  const auto out =
      understand("no", shipped_step("onboarding/health"), asked("doctor_advised_against", "injuries", {"injuries"}));
  CHECK(told(out) == "doctor_advised_against=false");
}

TEST_CASE("a free answer is taken whole, whatever it mentions") {
  CHECK(told(understand("I want to lose weight and get to 70 kg for my kids", shipped_step("onboarding/goals"),
                        asked("reason", "primary_goal", {"primary_goal"})))
        == "reason=\"I want to lose weight and get to 70 kg for my kids\"");
}

TEST_CASE("free text has single blanks") {
  CHECK(told(understand("  I want   to feel\tgood \n", shipped_step("onboarding/goals"), asked("reason")))
        == "reason=\"I want to feel good\"");
}

TEST_CASE("a question behind an answer doesn't spoil it") {
  CHECK(told(assessed("I'm 34. Why do you ask?", asked("age"))) == "age=34 asks");
}

TEST_CASE("the place of a value in the message is told") {
  const auto out = assessed("well, 82 kg", asked("weight"));
  REQUIRE(out.values.size() == 1);
  CHECK(out.values[0].from == span{6, 11});
}

TEST_CASE("what was said with less certainty has less confidence") {
  const auto confidence = [](std::string_view message) {
    return assessed(message, asked("weight")).values.at(0).confidence;
  };
  CHECK(confidence("82 kg") > confidence("about 82 kg"));
  CHECK(confidence("82 kg") > confidence("80-84 kg"));
  CHECK(confidence("about 82 kg") > 0.5);
}

TEST_CASE("a value out of range is told with the range") {
  const auto out = assessed("500 kg", asked("weight"));
  REQUIRE(out.misfits.size() == 1);
  CHECK(out.misfits[0].reason == misfit_reason::out_of_range);
  CHECK(out.misfits[0].message == "It should be from 30 to 300 kg; I understood 500 kg.");
}

TEST_CASE("an ambiguous answer is told with what it may mean") {
  const auto choice = understand("vegan or vegetarian", shipped_step("onboarding/diet"), asked("diet"));
  REQUIRE(choice.misfits.size() == 1);
  CHECK(choice.misfits[0].reason == misfit_reason::ambiguous);
  CHECK(choice.misfits[0].message == "Which one: vegan or vegetarian?");
  const auto day = understand("03/04/2027", shipped_step("onboarding/scheduling"), asked("start_date"));
  REQUIRE(day.misfits.size() == 1);
  CHECK(day.misfits[0].message == "Is that 3 April or 4 March?");
}

TEST_CASE("a long message is understood from its beginning and free text is cut") {
  const std::string words(10'000, 'x');
  const auto out = understand(words, shipped_step("onboarding/goals"), asked("reason"));
  REQUIRE(out.values.size() == 1);
  CHECK(out.values[0].value.size() == 502);
}

TEST_CASE("bytes that aren't text are no error") {
  CHECK(told(assessed("\xff\xfe 82 kg \xc3", asked("weight"))) == "weight=82");
  CHECK(told(understand("a \xff b", shipped_step("onboarding/goals"), asked("reason")))
        == "reason=\"a \xef\xbf\xbd b\"");
}
