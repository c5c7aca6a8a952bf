#include "actors/conversation/schema_check.hpp"

#include "said.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors::conversation;
using troupe::testing::shipped_step;

namespace {

std::string fault(std::string_view step, std::string_view values) {
  std::string out;
  for (const auto& line : value_faults(shipped_step(step), values))
    out += (out.empty() ? "" : "\n") + line;
  return out.empty() ? "good" : out;
}

const std::string assessment = "onboarding/fitness_assessment";
const std::string scheduling = "onboarding/scheduling";

} // namespace

TEST_CASE("values that the schema allows have no faults") {
  CHECK(fault(assessment, R"({"age": 34, "weight": 82.5, "experience": "beginner"})") == "good");
  CHECK(fault(scheduling, R"({"training_days": ["monday"], "start_date": "2028-02-29"})") == "good");
  CHECK(fault("onboarding/health", R"({"conditions": [], "doctor_advised_against": false})") == "good");
  CHECK(fault(assessment, "{}") == "good");
}

TEST_CASE("a wrong value is told with its place, the rule and what was found") {
  CHECK(fault(assessment, R"({"weight": 500})") == "/weight: must be a number from 30 to 300 (kg); found 500");
  CHECK(fault(assessment, R"({"weight": "82"})") == "/weight: must be a number from 30 to 300 (kg); found \"82\"");
  CHECK(fault(assessment, R"({"age": 34.5})") == "/age: must be a whole number from 13 to 100 (years); found 34.5");
  CHECK(fault(assessment, R"({"age": null})") == "/age: must be a whole number from 13 to 100 (years); found null");
  CHECK(fault(assessment, R"({"experience": "pro"})")
        == "/experience: must be one of beginner, intermediate, advanced; found \"pro\"");
  CHECK(fault(scheduling, R"({"reminders": "yes"})") == "/reminders: must be true or false; found \"yes\"");
  CHECK(fault(scheduling, R"({"start_date": "2026-02-29"})")
        == "/start_date: must be a day such as 1990-03-04; found \"2026-02-29\"");
  CHECK(fault(scheduling, R"({"start_date": "tomorrow"})")
        == "/start_date: must be a day such as 1990-03-04; found \"tomorrow\"");
  CHECK(fault("onboarding/goals", R"({"reason": "x"})")
        == "/reason: must be a text of 2 to 500 characters; found \"x\"");
}

TEST_CASE("a wrong element of a list is told by its place") {
  CHECK(fault(scheduling, R"({"training_days": ["monday", "someday"]})")
        == "/training_days/1: must be one of monday, tuesday, wednesday, thursday, friday, saturday, sunday; found "
           "\"someday\"");
  CHECK(fault("onboarding/health", R"({"injuries": ["knee", 7]})") == "/injuries/1: must be a text; found 7");
}

TEST_CASE("a list of the wrong length or with an element twice is told") {
  const std::string rule =
      "/training_days: must be a list of 1 to 7 different values of monday, tuesday, wednesday, thursday, friday, "
      "saturday, sunday; found ";
  CHECK(fault(scheduling, R"({"training_days": []})") == rule + "[]");
  CHECK(fault(scheduling, R"({"training_days": ["monday","monday"]})") == rule + R"(["monday","monday"])");
  CHECK(fault(scheduling, R"({"training_days": "monday"})") == rule + "\"monday\"");
}

TEST_CASE("all faults of an object are told") {
  CHECK(check_schema(shipped_step(assessment), R"({"age": 1, "weight": 1, "hight": 1})", completeness::partial).size()
        == 3);
}

TEST_CASE("a field that isn't there is told with the nearest one") {
  CHECK(fault(assessment, R"({"hight": 180})") == "/hight: there is no such field; did you mean \"height\"?");
  CHECK(fault(assessment, R"({"zz/zz~zz": 1})") == "/zz~1zz~0zz: there is no such field");
}

TEST_CASE("what is required and missing is told only of complete values") {
  const auto faults = check_schema(shipped_step("onboarding/goals"), R"({"reason": "health"})", completeness::complete);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].pointer == "/primary_goal");
  CHECK(faults[0].message.find("is missing; it must be one of lose_weight") == 0);
}

TEST_CASE("what isn't an object in JSON is a fault") {
  CHECK(fault(assessment, "[1]") == ": must be an object; found [1]");
  CHECK(fault(assessment, "{\"age\": ").find("must be JSON") != std::string::npos);
  CHECK(fault(assessment, R"({"age": 1, "age": 2})").find("must be JSON") != std::string::npos);
  CHECK(fault(assessment, R"({"age": 1e999})") == ": must be an object; a number is too large");
  CHECK(fault(assessment, "").find("must be JSON") != std::string::npos);
}

TEST_CASE("what is too large or too deep is a fault") {
  CHECK(fault(assessment, '"' + std::string(most_checked_bytes, 'x') + '"') == ": must have at most 64KiB");
  const auto deep = "{\"a\":" + std::string(50, '[') + std::string(50, ']') + '}';
  CHECK(fault(assessment, deep).find("must be JSON") != std::string::npos);
}

TEST_CASE("a long value is shown in part") {
  const auto faults =
      value_faults(shipped_step("onboarding/goals"), "{\"reason\": \"" + std::string(5'000, 'x') + "\"}");
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].size() < 300);
}

TEST_CASE("a step that extracts nothing allows nothing") {
  const troupe::config::agent_step step;
  CHECK(value_faults(step, "{}").empty());
  CHECK(value_faults(step, R"({"a": 1})").size() == 1);
}
