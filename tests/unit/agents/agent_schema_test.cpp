#include "reading.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <string_view>

using namespace troupe::config;
using nlohmann::json;
using troupe::testing::faults_of;
using troupe::testing::read_agent;

namespace {

/// An agent with one step whose properties begin in line 7.
std::string with(const std::string& properties, const std::string& more = {}) {
  std::string out = "persona: P\nsteps:\n- name: one\n  goal: g\n";
  out += more;
  out += "  schema:\n    properties:\n" + properties;
  return out;
}

std::string property(const std::string& text) {
  return "      " + text + "\n";
}

agent_field field(const std::string& text, const std::string& more = {}) {
  return read_agent(with(property("f: " + text), more)).steps.at(0).fields.at(0);
}

std::string fault(const std::string& text, const std::string& more = {}) {
  return faults_of(with(property("f: " + text), more));
}

bool says(const std::string& text, std::string_view part) {
  UNSCOPED_INFO(text);
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a field's kind follows from its property") {
  CHECK(field("{type: string}").kind == field_kind::text);
  CHECK(field("{type: number}").kind == field_kind::number);
  CHECK(field("{type: integer}").kind == field_kind::integer);
  CHECK(field("{type: boolean}").kind == field_kind::boolean);
  CHECK(field("{type: string, enum: [a, b]}").kind == field_kind::choice);
  CHECK(field("{type: string, format: date}").kind == field_kind::date);
  CHECK(field("{type: array, items: {type: string}}").kind == field_kind::list);
}

TEST_CASE("fields are asked for in the order of the properties") {
  const auto step = read_agent(with(property("weight: {type: number}") + property("age: {type: integer}"))).steps.at(0);
  REQUIRE(step.fields.size() == 2);
  CHECK(step.fields[0].name == "weight");
  CHECK(step.fields[1].name == "age");
  CHECK(find_field(step, "age") == &step.fields[1]);
  CHECK(find_field(step, "height") == nullptr);
}

TEST_CASE("a field has its range, unit, question, hint and description") {
  const auto f = field("{type: number, minimum: 30, maximum: 300.5, description: Body weight}",
                       "  questions: {f: 'How heavy?'}\n  hints: {f: Like 82 kg}\n  units: {f: kg}\n");
  CHECK(f.minimum == 30);
  CHECK(f.maximum == 300.5);
  CHECK(f.unit == "kg");
  CHECK(f.question == "How heavy?");
  CHECK(f.hint == "Like 82 kg");
  CHECK(f.description == "Body weight");
}

TEST_CASE("a choice has its values with their synonyms in small letters") {
  const auto f =
      field("{type: string, enum: [lose_weight, gain]}", "  synonyms: {f: {lose_weight: [Slim Down, diet]}}\n");
  REQUIRE(f.choices.size() == 2);
  CHECK(f.choices[0].value == "lose_weight");
  CHECK(f.choices[0].synonyms == std::vector<std::string>{"slim down", "diet"});
  CHECK(f.choices[1].synonyms.empty());
}

TEST_CASE("a boolean may have synonyms for yes and no") {
  const auto f = field("{type: boolean}", "  synonyms: {f: {true: [smoker], false: [quit]}}\n");
  REQUIRE(f.choices.size() == 2);
  CHECK(f.choices[0].value == "true");
  CHECK(f.choices[0].synonyms == std::vector<std::string>{"smoker"});
  CHECK(f.choices[1].synonyms == std::vector<std::string>{"quit"});
}

TEST_CASE("texts and lists have limits even where the file sets none") {
  CHECK(field("{type: string}").longest == 500);
  CHECK(field("{type: string, minLength: 2, maxLength: 40}").shortest == 2);
  CHECK(field("{type: string, maxLength: 40}").longest == 40);
  CHECK(field("{type: array, items: {type: string}}").longest == 16);
  CHECK(field("{type: array, items: {type: string}, minItems: 1, maxItems: 3}").longest == 3);
}

TEST_CASE("a step's schema is a closed JSON Schema") {
  const auto step =
      read_agent(with(property("weight: {type: number, minimum: 30, description: Body weight}")
                          + property("days: {type: array, items: {type: string, enum: [mon, tue]}, maxItems: 2}")
                          + property("start: {type: string, format: date}")
                          + property("count: {type: integer, maximum: 7}") + property("why: {type: string}"),
                      "  units: {weight: kg}\n  questions: {weight: 'w?'}\n"))
          .steps.at(0);
  CHECK(json::parse(step.schema) == json::parse(R"json({
    "type": "object",
    "properties": {
      "weight": {"type": "number", "minimum": 30.0, "description": "Body weight (in kg)"
}
, "days" : {
  "type" : "array",
  "items" : {"type" : "string", "enum" : [ "mon", "tue" ]},
  "maxItems" : 2,
  "uniqueItems" : true
},
           "start" : {"type" : "string", "format" : "date"},
                     "count" : {"type" : "integer", "maximum" : 7},
                               "why" : {
  "type" : "string", "maxLength" : 500
}
}
, "required" : [], "additionalProperties" : false
})json"));
  CHECK(step.schema.find("\"maximum\":7}") != std::string::npos); // whole numbers stay whole
}

TEST_CASE("a schema may be written as JSON") {
  const auto agent = read_agent("persona: P\nsteps:\n- name: one\n  goal: g\n  questions: {a: 'A?'}\n  schema: "
                                R"({"type": "object", "additionalProperties": false, "required": ["a"],)"
                                R"( "properties": {"a": {"type": "string"}}})");
  CHECK(agent.steps.at(0).fields.at(0).required);
}

TEST_CASE("a step is complete when its required fields are known, or those that the file names") {
  const auto two = property("a: {type: string}") + property("b: {type: string}") + "    required: [a]\n";
  const std::string asked = "  questions: {a: 'A?', b: 'B?'}\n";
  CHECK(read_agent(with(two, asked)).steps[0].complete_when == std::vector<std::string>{"a"});
  CHECK(read_agent(with(two, asked + "  complete_when: [a, b]\n")).steps[0].complete_when
        == std::vector<std::string>{"a", "b"});
  CHECK(faults_of(with(two, asked + "  complete_when: [aa]\n"))
        == "a.yaml:6: steps[0].complete_when[0]: the schema has no property \"aa\"; did you mean \"a\"?");
}

TEST_CASE("what must be known has a question, so that it can be asked for without a model") {
  CHECK(faults_of(with(property("a: {type: string}") + "    required: [a]\n"))
        == "a.yaml:3: steps[0]: questions.a is missing");
}

TEST_CASE("keywords that don't go with the type are refused") {
  CHECK(fault("{type: string, minimum: 1}")
        == "a.yaml:7: steps[0].schema.properties.f.minimum: is for numbers; this is a text");
  CHECK(says(fault("{type: integer, maxLength: 1}"), "maxLength: is for texts; this is a number"));
  CHECK(says(fault("{type: string, maxItems: 1}"), "maxItems: is for lists; this is a text"));
  CHECK(says(fault("{type: number, enum: [1]}"), "enum: is for strings; this is a number"));
  CHECK(says(fault("{type: boolean, format: date}"), "format: is for strings without enum; this is a boolean"));
  CHECK(
      says(fault("{type: string, enum: [a], format: date}"), "format: is for strings without enum; this is a choice"));
  CHECK(says(fault("{type: string, items: {type: string}}"), "items.type: is for lists; this is a text"));
  CHECK(says(fault("{type: array, items: {type: string}, enum: [a]}"), "enum: of a list stands below items"));
  CHECK(says(fault("{type: string}", "  units: {f: kg}\n"), "units.f: is for numbers; this is a text"));
}

TEST_CASE("types that aren't supported are refused with the ones that are") {
  CHECK(
      fault("{type: object}")
      == "a.yaml:7: steps[0].schema.properties.f.type: must be one of string, number, integer, boolean or array; found "
         "\"object\"\na.yaml:7: steps[0].schema.properties.f: type is missing");
  CHECK(says(fault("{description: d}"), "f: type is missing"));
  CHECK(says(fault("{type: array}"), "f: items.type is missing"));
  CHECK(says(fault("{type: array, items: {type: integer}}"), "items.type: must be string"));
  CHECK(says(fault("{type: string, format: email}"), "format: must be date"));
}

TEST_CASE("limits that contradict each other are refused") {
  CHECK(says(fault("{type: number, minimum: 5, maximum: 4}"), "maximum: must not be less than minimum"));
  CHECK(says(fault("{type: string, minLength: 5, maxLength: 4}"), "minLength: must not be more than 4"));
  CHECK(says(fault("{type: integer, minimum: 0.5}"), "minimum: must be a whole number"));
  CHECK(says(fault("{type: array, items: {type: string}, minItems: 17}"), "minItems: must not be more than 16"));
}

TEST_CASE("a unit that can't be converted is refused with those that can") {
  CHECK(says(fault("{type: number}", "  units: {f: stone}\n"), "units.f: must be one of kg, lb"));
}

TEST_CASE("what is said of a field that isn't there is refused") {
  CHECK(says(fault("{type: string}", "  questions: {ff: 'what?'}\n"),
             "unknown key \"steps[0].questions.ff\"; did you mean \"steps[0].questions.f\"?"));
  CHECK(says(fault("{type: string, enum: [a, b]}", "  synonyms: {f: {c: [x]}}\n"),
             "unknown key \"steps[0].synonyms.f.c\""));
  CHECK(says(faults_of(with(property("f: {type: string}") + "    required: [g]\n")), "there is no property \"g\""));
}

TEST_CASE("a word that stands for two values is refused") {
  CHECK(says(fault("{type: string, enum: [a, b]}", "  synonyms: {f: {a: [x], b: [X]}}\n"),
             "\"X\" also stands for \"a\""));
  CHECK(says(fault("{type: string, enum: [a, b]}", "  synonyms: {f: {a: [b]}}\n"), "\"b\" also stands for \"b\""));
  CHECK(says(fault("{type: string, enum: [a, a]}"), "\"a\" stands there twice"));
}

TEST_CASE("a property's name must be fit for a JSON Pointer") {
  CHECK(says(faults_of(with(property("'a/b': {type: string}"))), "a property's name must be small letters"));
  CHECK(says(faults_of(with(property("Age: {type: string}"))), "a property's name must be small letters"));
}

TEST_CASE("unknown keywords of a schema are refused with the nearest known one") {
  CHECK(says(fault("{type: number, minumum: 1}"), "did you mean \"steps[0].schema.properties.f.minimum\"?"));
  CHECK(says(fault("{type: string, pattern: x}"), "unknown key \"steps[0].schema.properties.f.pattern\""));
}

TEST_CASE("too many fields, values and synonyms are refused") {
  std::string fields;
  std::string words;
  for (int i = 0; i < 65; ++i) {
    fields += property("f" + std::to_string(i) + ": {type: string}");
    words += (i == 0 ? "w" : ", w") + std::to_string(i);
  }
  CHECK(says(faults_of(with(fields)), "properties: more than 64 properties"));
  CHECK(says(fault("{type: string, enum: [" + words + "]}"), "more than 64 values"));
  CHECK(says(fault("{type: string, enum: [a]}", "  synonyms: {f: {a: [" + words + "]}}\n"), "more than 64 synonyms"));
  CHECK(says(fault("{type: string, enum: [" + std::string(65, 'x') + "]}"), "must have at most 64 bytes"));
}

TEST_CASE("properties that aren't a section are refused") {
  CHECK(says(faults_of("persona: P\nsteps:\n- name: one\n  goal: g\n  schema: {properties: [a]}\n"),
             "properties: must be a section of keys and values"));
  CHECK(says(fault("integer"), "f: type is missing"));
}
