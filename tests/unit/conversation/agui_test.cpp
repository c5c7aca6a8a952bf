#include "client.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

std::vector<outgoing> told(const talk_bench& talk) {
  agui_stream stream{"t1"};
  std::vector<outgoing> out;
  for (const auto& past : talk.journal)
    stream.take(past.event, past.at, out);
  return out;
}

std::vector<std::string> types_of(const std::vector<outgoing>& events) {
  std::vector<std::string> out;
  for (const auto& one : events)
    out.push_back(nlohmann::json::parse(one.json).at("type"));
  return out;
}

/// A talk with everything in it: a hand-over, a crash, a queue, an interruption and a failure.
void live_through_much(talk_bench& talk) {
  talk.user_says("hi");
  talk.model_says("Hello. How old? <fields>{\"values\":{}}</fields>");
  talk.user_says("I'm 34");
  talk.user_says("and 80 kg");
  talk.new_owner();
  talk.model_says("Fine. <fields>{\"values\":{\"age\":340}}</fields>");
  talk.fields_come(R"({"values":{"age":34}})");
  talk.model_says("Great. <fields>{\"values\":{\"weight_kg\":80},\"skipped\":[\"injuries\"]}</fields>");
  talk.user_says("slim");
  talk.tell(interrupt{});
  talk.model_fails(model_fault::cancelled, "So you wa");
  talk.user_says("go on");
  talk.model_fails(model_fault::budget);
  talk.tell(set_field{"body", "age", "35"});
  talk.tell(set_field{"body", "age", ""});
  talk.user_says("slim");
  talk.model_says("Yes. <fields>{\"values\":{\"target\":\"lose_weight\"}}</fields>");
}

} // namespace

TEST_CASE("a run is told from its start to its end") {
  talk_bench talk;
  talk.user_says("hi");
  talk.model_says("Hello. <fields>{\"values\":{\"age\":34}}</fields>");
  const auto events = told(talk);
  CHECK(types_of(events)
        == std::vector<std::string>{"STATE_SNAPSHOT", "MESSAGES_SNAPSHOT", "CUSTOM", "RUN_STARTED", "STEP_STARTED",
                                    "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END", "STATE_DELTA",
                                    "STEP_FINISHED", "RUN_FINISHED"});
  CHECK(
      events[0].json
      == R"({"type":"STATE_SNAPSHOT","snapshot":{"agent":"coach","version":"v1","step":"body","current_step":1,)"
         R"("agent_type":"assessor","completed":false,"completed_steps":[],"profile":{"body":{}},"details":{"body":{}}},)"
         R"("timestamp":1760000000000,"cursor":"1-1-0"})");
  CHECK(events[3].json
        == R"({"type":"RUN_STARTED","threadId":"t1","runId":"r2","protocolVersion":"1.0",)"
           R"("timestamp":1760000000000,"cursor":"3-1-0"})");
  CHECK(events[6].json
        == R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m3","delta":"Hello.","timestamp":1760000000000,)"
           R"("cursor":"4-1-6"})");
  CHECK(contains(events[8].json, R"({"op":"add","path":"/profile/body/age","value":34})"));
}

TEST_CASE("a client that hears all of a conversation has its messages and its profile") {
  talk_bench talk;
  live_through_much(talk);
  merging_client client;
  for (const auto& one : told(talk))
    client.hear(one);
  CHECK(client.agents_words() == words_of(talk.state, speaker::agent));
  CHECK(client.users_words() == words_of(talk.state, speaker::user));
  CHECK(client.state == state_of(talk.state));
  CHECK_FALSE(client.in_run());
}

TEST_CASE("a client may resume behind any event it saw and gets the rest exactly once") {
  talk_bench talk;
  live_through_much(talk);
  const auto all = told(talk);
  for (std::size_t cut = 0; cut < all.size(); ++cut) {
    merging_client client;
    for (std::size_t i = 0; i <= cut; ++i)
      client.hear(all[i]);
    const auto back = resume("t1", talk.journal, all[cut].at);
    REQUIRE(back);
    INFO("resumed at " << text_of(all[cut].at));
    CHECK(back->events.size() == all.size() - cut); // the state's snapshot, then the rest
    for (const auto& one : back->events)
      client.hear(one);
    CHECK(client.agents_words() == words_of(talk.state, speaker::agent));
    CHECK(client.state == state_of(talk.state));
  }
}

TEST_CASE("a reply is resumed in the midst of its text") {
  talk_bench talk{talker()};
  talk.user_says("hi");
  auto [events, stream] = connect("t1", talk.state);
  merging_client client;
  for (const auto& one : events)
    client.hear(one);
  client.hear(stream.delta("Hello"));
  talk.model_says("Hello Ann.");
  const auto back = resume("t1", talk.journal, client.last);
  REQUIRE(back);
  for (const auto& one : back->events)
    client.hear(one);
  CHECK(client.agents_words() == std::vector<std::string>{"Hello!", "Hello Ann."});
}

TEST_CASE("who has seen all resumes without the journal, who hasn't doesn't") {
  talk_bench talk{talker()};
  agui_stream live{"t1"};
  std::vector<outgoing> all;
  live.take(talk.journal[0].event, talk.now, all);
  talk.user_says("hi");
  live.take(talk.journal[1].event, talk.now, all);
  live.take(talk.journal[2].event, talk.now, all);
  const auto back = resume(live, talk.state, {3, live.part(), 2});
  REQUIRE(back);
  CHECK(types_of(back->events) == std::vector<std::string>{"STATE_SNAPSHOT"});
  CHECK(back->stream.seen() == 2);
  CHECK(back->stream.message() == "m3");
  CHECK_FALSE(resume(live, talk.state, {3, live.part() - 1, 0}));
  CHECK_FALSE(resume(live, talk.state, {2, 1, 0}));
}

TEST_CASE("a reply that was lost with its node is told anew, after a notice") {
  talk_bench talk{talker()};
  talk.user_says("hi");
  auto [events, stream] = connect("t1", talk.state);
  merging_client client;
  for (const auto& one : events)
    client.hear(one);
  client.hear(stream.delta("Hello the"));
  talk.new_owner();
  talk.model_says("Good day.");
  const auto back = resume("t1", talk.journal, client.last);
  REQUIRE(back);
  CHECK(types_of(back->events)
        == std::vector<std::string>{"STATE_SNAPSHOT", "TEXT_MESSAGE_END", "CUSTOM", "TEXT_MESSAGE_START",
                                    "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END", "RUN_FINISHED"});
  CHECK(contains(back->events[2].json, R"("name":"message_restarted","value":{"messageId":"m3","replacedBy":"m5"})"));
  for (const auto& one : back->events)
    client.hear(one);
  CHECK(client.agents_words() == std::vector<std::string>{"Hello!", "Good day."});
}

TEST_CASE("who connects between reply and repaired fields gets the reply in its run") {
  talk_bench talk;
  talk.user_says("hi");
  talk.model_says("Hello.");
  auto [events, stream] = connect("t1", talk.state);
  merging_client client;
  for (const auto& one : events)
    client.hear(one);
  CHECK(client.agents_words() == words_of(talk.state, speaker::agent));
  CHECK(client.in_run());
  talk.fields_come("{}");
  std::vector<outgoing> rest;
  for (auto i = stream.number(); i < talk.journal.size(); ++i)
    stream.take(talk.journal[i].event, talk.now, rest);
  for (const auto& one : rest)
    client.hear(one);
  CHECK_FALSE(client.in_run());
}

TEST_CASE("a failed turn ends its run with an error, said kindly") {
  talk_bench talk{talker()};
  talk.user_says("hi");
  talk.model_fails(model_fault::budget);
  const auto events = told(talk);
  CHECK(types_of(events).back() == "RUN_ERROR");
  CHECK(contains(events.back().json, R"("code":"budget")"));
}

TEST_CASE("a conversation that is deleted in the midst of a run ends the run first") {
  talk_bench talk{talker()};
  talk.user_says("hi");
  talk.tell(erase{"ann"});
  merging_client client;
  for (const auto& one : told(talk))
    client.hear(one);
  CHECK_FALSE(client.in_run());
  CHECK(client.types.back() == "CUSTOM");
}

TEST_CASE("a cursor is read back, and nothing else is a cursor") {
  const cursor at{12, 3, 345};
  CHECK(text_of(at) == "12-3-345");
  CHECK(parse_cursor("12-3-345") == at);
  for (const auto* text : {"", "1", "1-2", "1-2-", "1-2-3-4", "-1-2-3", "01-2-3", "1-16-3", "1-2-3 ", " 1-2-3",
                           "99999999999999999999-1-1", "1.2.3", "a-b-c", "+1-2-3"})
    CHECK_FALSE(parse_cursor(text));
}

TEST_CASE("a cursor from a future that never was is refused") {
  talk_bench talk;
  CHECK_FALSE(resume("t1", talk.journal, {9, 0, 0}));
}

TEST_CASE("a cursor with an offset beyond the text does no harm") {
  talk_bench talk{talker()};
  talk.user_says("hi");
  talk.model_says("Hello.");
  const auto back = resume("t1", talk.journal, {3, all_parts, 10'000});
  REQUIRE(back);
  CHECK(types_of(back->events) == std::vector<std::string>{"STATE_SNAPSHOT", "TEXT_MESSAGE_END", "RUN_FINISHED"});
}
