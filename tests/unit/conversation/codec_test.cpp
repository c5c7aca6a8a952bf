#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::testing;

namespace {

template <class Event>
Event round_trip(const Event& what) {
  const auto stored = conversation_core::encode(what);
  const auto back = conversation_core::decode(stored.type, stored.payload);
  REQUIRE(std::holds_alternative<Event>(back));
  return std::get<Event>(back);
}

std::string fault_of(std::string_view type, std::string_view payload) {
  try {
    conversation_core::decode(type, payload);
  } catch (const storage::error& error) {
    CHECK(error.kind() == storage::fault::corrupt);
    return error.what();
  }
  return "no fault";
}

} // namespace

TEST_CASE("a conversation's events survive their JSON text") {
  const auto begun = round_trip(opened{"coach", "v1", "ann", "Hi \"you\"", "body", 3, "assessor", "age"});
  CHECK(begun.agent == "coach");
  CHECK(begun.version == "v1");
  CHECK(begun.user == "ann");
  CHECK(begun.text == "Hi \"you\"");
  CHECK(begun.step_number == 3);
  CHECK(begun.agent_type == "assessor");
  CHECK(begun.asked == "age");
  const auto said = round_trip(user_message{"c1", "Grüße\n", "run-7"});
  CHECK(said.client_id == "c1");
  CHECK(said.text == "Grüße\n");
  CHECK(said.run == "run-7");
  const auto started = round_trip(reply_started{"m2", 2, "m3", "body", "v2"});
  CHECK(started.answers == "m2");
  CHECK(started.attempt == 2);
  CHECK(started.replaces == "m3");
  CHECK(started.step == "body");
  CHECK(started.version == "v2");
  const auto whole = round_trip(reply_completed{"text", "{}", {"fault"}, talk_bench::usage(), "stop", "why", "age"});
  CHECK(whole.text == "text");
  CHECK(whole.fields == "{}");
  CHECK(whole.faults == std::vector<std::string>{"fault"});
  CHECK(whole.usage.provider == "openai");
  CHECK(whole.usage.output_tokens == 5);
  CHECK(whole.usage.cost == 0.001);
  CHECK(whole.usage.took == 400ms);
  CHECK(whole.fallback == "why");
  CHECK(whole.asked == "age");
  CHECK(round_trip(reply_broken{"why"}).reason == "why");
  CHECK(round_trip(interrupted{"half"}).text == "half");
  const auto repaired = round_trip(fields_repaired{2, "{}", {"a", "b"}, talk_bench::usage()});
  CHECK(repaired.round == 2);
  CHECK(repaired.faults.size() == 2);
  const auto moved = round_trip(handed_over{"body", "goal", 2, "planner", "Hi", "target"});
  CHECK(moved.to == "goal");
  CHECK(moved.step_number == 2);
  CHECK(moved.asked == "target");
  CHECK(round_trip(step_completed{"body"}).step == "body");
  CHECK(round_trip(completed{"bye"}).text == "bye");
  CHECK(round_trip(turn_failed{"budget", "Sorry"}).code == "budget");
  CHECK(round_trip(deleted{"ann"}).by == "ann");
  CHECK(round_trip(message_skipped{"m4"}).message == "m4");
  round_trip(turn_ended{});
  round_trip(actors::conversation::parked{});
  round_trip(resumed{});
  round_trip(expired{});
}

TEST_CASE("changed fields survive their JSON text") {
  const std::vector<field_change> changes{{"body", "age", "34", 0.9, field_origin::correction, false},
                                          {"body", "injuries", "", 1, field_origin::answer, true},
                                          {"goal", "target", "\"x\"", 0.1 + 0.2, field_origin::user, false}};
  const auto back = round_trip(fields_changed{"m2", changes});
  CHECK(back.source == "m2");
  CHECK(back.changes == changes);
}

TEST_CASE("unknown members are skipped, and a missing text is an empty one") {
  const auto back = conversation_core::decode("turn_failed", R"({"code":"x","text":"y","newer":[1]})");
  CHECK(std::get<turn_failed>(back).code == "x");
  CHECK(std::get<reply_broken>(conversation_core::decode("reply_broken", "{}")).reason.empty());
}

TEST_CASE("what isn't a conversation's event is corruption that names event and field") {
  CHECK(fault_of("nonsense", "{}") == "event nonsense: type is not an event of a conversation");
  CHECK(fault_of("user_message", "[]") == "event user_message: payload is not a JSON object");
  CHECK(fault_of("user_message", R"({"text":"x"})") == "event user_message: client_id is missing");
  CHECK(fault_of("reply_started", R"({"answers":"m2","attempt":-1})")
        == "event reply_started: attempt is not a number in range");
  CHECK(fault_of("fields_changed", R"({"changes":[{"step":"a","field":"b","value":"{","origin":"user"}]})")
        == "event fields_changed: changes/0/value is not JSON");
  CHECK(fault_of("fields_changed", R"({"changes":[{"step":"a","field":"b","origin":"god"}]})")
        == "event fields_changed: changes/0/origin is none of the known names");
  CHECK(fault_of("opened", R"({"agent":"a","version":"v","user":"u","step":"s","step_number":"one"})")
        == "event opened: step_number is not a number in range");
}
