#include "actors/conversation/extraction.hpp"

#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::testing;

namespace {

extraction judged(std::string_view json, const profile& known = {}) {
  const auto agent = coach();
  return judge_fields(json, known, agent, agent.steps[0], check_by_kind);
}

profile knowing(std::string field, std::string value, field_origin origin) {
  profile out;
  out.apply({"body", std::move(field), std::move(value), 1, origin, false}, "m1");
  return out;
}

} // namespace

TEST_CASE("what a model extracts is taken field by field") {
  const auto found = judged(R"({"values":{"age":34,"weight_kg":"much"},"confidence":{"age":7}})");
  REQUIRE(found.changes.size() == 1);
  CHECK(found.changes[0] == field_change{"body", "age", "34", 1.0, field_origin::model, false});
  REQUIRE(found.faults.size() == 1);
  CHECK(found.faults[0] == "/values/weight_kg: must be a number, not \"much\"");
}

TEST_CASE("a model that doesn't say how sure it is is taken for fairly sure") {
  CHECK(judged(R"({"values":{"age":34}})").changes.at(0).confidence == usual_confidence);
}

TEST_CASE("what isn't fields at all is a fault") {
  CHECK(judged("").faults == std::vector<std::string>{"the fields are missing"});
  CHECK(judged("{\"values\":").faults == std::vector<std::string>{"what was given is not JSON"});
  CHECK(judged("[1]").faults == std::vector<std::string>{"the whole must be a JSON object"});
  CHECK(judged(R"({"values":[]})").faults == std::vector<std::string>{"/values: must be an object, not array"});
  CHECK(judged(R"({"values":{"shoe":43}})").faults
        == std::vector<std::string>{"/values/shoe: there is no such field; the fields are age, weight_kg, injuries"});
}

TEST_CASE("no fields are no fault, and null is nothing said") {
  CHECK(judged("{}").faults.empty());
  CHECK(judged(R"({"values":{"age":null},"skipped":null})").faults.empty());
  CHECK(judged(R"({"values":{"age":null}})").changes.empty());
}

TEST_CASE("what is known already changes nothing, what is new replaces a model's value") {
  CHECK(judged(R"({"values":{"age":34}})", knowing("age", "34", field_origin::model)).changes.empty());
  CHECK(judged(R"({"values":{"age":35}})", knowing("age", "34", field_origin::model)).changes.at(0).value == "35");
}

TEST_CASE("a correction by the user stands until the model says that the user corrected it") {
  for (const auto origin : {field_origin::correction, field_origin::user}) {
    const auto known = knowing("age", "34", origin);
    CHECK(judged(R"({"values":{"age":35}})", known).changes.empty());
    const auto again = judged(R"({"values":{"age":35},"corrected":["age"]})", known);
    CHECK(again.changes.at(0).origin == field_origin::correction);
  }
}

TEST_CASE("only what needn't be known can be skipped") {
  const auto found = judged(R"({"skipped":["injuries","age","shoe"]})");
  REQUIRE(found.changes.size() == 1);
  CHECK(found.changes[0].field == "injuries");
  CHECK(found.changes[0].skipped);
}

TEST_CASE("a field of an earlier step is put right from a later one") {
  const auto agent = coach();
  const auto found = judge_fields(R"({"values":{"age":35},"corrected":["age"]})",
                                  knowing("age", "34", field_origin::model), agent, agent.steps[1], check_by_kind);
  CHECK(found.changes.at(0).step == "body");
}

TEST_CASE("a model can't fill the journal with faults") {
  std::string many = R"({"values":{)";
  for (int i = 0; i < 100; ++i)
    many += (i ? ",\"" : "\"") + std::string(400, 'x') + std::to_string(i) + "\":1";
  const auto found = judged(many + "}}");
  CHECK(found.faults.size() <= 16);
  CHECK(found.faults[0].size() <= 310);
}
