#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::testing;

namespace {

const std::string good_fields = R"(<fields>{"values":{"age":34,"weight_kg":80},"confidence":{"age":0.9}}</fields>)";

} // namespace

TEST_CASE("a conversation begins with the agent's opening line at its first step") {
  talk_bench talk;
  CHECK(talk.types == std::vector<std::string>{"opened"});
  CHECK(talk.last_words() == "Hi, I'm your coach.");
  CHECK(talk.state.step == "body");
  CHECK(talk.state.step_number == 1);
  CHECK(talk.state.agent_type == "assessor");
  CHECK(conversation_core::finished(talk.state));
  CHECK(does_nothing(talk.tell(open{"coach", "ann"})));
}

TEST_CASE("a message is journaled before the model is asked, and the reply when it is whole") {
  talk_bench talk;
  const auto asked = talk.user_says("I'm Ann");
  CHECK(talk.types == std::vector<std::string>{"opened", "user_message", "reply_started"});
  CHECK(asked.early_effects.empty());
  REQUIRE(find<ask_model>(asked.effects));
  CHECK(find<ask_model>(asked.effects)->reply == "m3");
  CHECK_FALSE(conversation_core::finished(talk.state));
  talk.model_says("Hello Ann! How old are you? <fields>{\"values\":{}}</fields>");
  CHECK(talk.types.back() == "turn_ended");
  CHECK(talk.last_words() == "Hello Ann! How old are you?");
  const auto* reply = std::get_if<reply_completed>(&talk.journal[3].event);
  REQUIRE(reply);
  CHECK(reply->usage.input_tokens == 10);
  CHECK(conversation_core::finished(talk.state));
}

TEST_CASE("fields that a model extracts become the profile, with confidence and source") {
  talk_bench talk;
  talk.user_says("I'm 34 and 80 kg");
  talk.model_says("Thanks. " + good_fields);
  CHECK(talk.value("body", "age") == "34");
  CHECK(talk.state.profile.find("body", "age")->confidence == 0.9);
  CHECK(talk.state.profile.find("body", "age")->source == "m2");
  CHECK(talk.state.profile.find("body", "age")->origin == field_origin::model);
}

TEST_CASE("a step whose needs are known hands over to the next specialist, who speaks first") {
  talk_bench talk;
  talk.user_says("I'm 34 and 80 kg");
  talk.model_says("Thanks. " + good_fields);
  CHECK(talk.state.step == "goal");
  CHECK(talk.state.step_number == 2);
  CHECK(talk.state.agent_type == "planner");
  CHECK(talk.last_words() == "Now about your goal.");
  CHECK_FALSE(talk.state.completed);
  CHECK(reply_to(talk.state, "m2") == "Thanks.\n\nNow about your goal.");
  CHECK_FALSE(reply_to(talk.state, "m99"));
  const auto now = progress_of(talk.state, *talk.agent, 0);
  CHECK(now.current_step == 2);
  CHECK(now.step_complete);
  CHECK(now.next_action == "answer");
  CHECK(now.context_summary == "body: age 34; weight 80 kg");
}

TEST_CASE("the last step's completion closes the conversation, which may go on") {
  talk_bench talk;
  talk.user_says("I'm 34 and 80 kg");
  talk.model_says("Thanks. " + good_fields);
  talk.user_says("slim");
  talk.model_says(R"(Good. <fields>{"values":{"target":"lose_weight"}}</fields>)");
  CHECK(talk.state.completed);
  CHECK(talk.last_words() == "That's it, let's go!");
  CHECK(progress_of(talk.state, *talk.agent, 1).next_action == "done");
  talk.user_says("and now?");
  talk.model_says(R"(Rest. <fields>{"values":{}}</fields>)");
  CHECK(talk.last_words() == "Rest.");
  CHECK(std::count(talk.types.begin(), talk.types.end(), "completed") == 1);
}

TEST_CASE("wrong fields are asked for again with their faults, while what is right is taken") {
  talk_bench talk;
  talk.user_says("I'm 340 and 80 kg");
  const auto repair = talk.model_says(R"(Okay. <fields>{"values":{"age":340,"weight_kg":80}}</fields>)");
  CHECK(talk.value("body", "weight_kg") == "80");
  CHECK(talk.value("body", "age") == "unknown");
  const auto* again = find<ask_fields>(repair.effects);
  REQUIRE(again);
  CHECK(again->round == 1);
  CHECK(contains(again->messages.back().text, "/values/age: is too large"));
  CHECK(contains(again->schema, R"("values")"));
  CHECK_FALSE(contains(again->schema, R"("required":["age"])"));
  talk.fields_come(R"(Sure: {"values":{"age":34}})");
  CHECK(talk.value("body", "age") == "34");
  CHECK(talk.state.step == "goal");
}

TEST_CASE("fields that stay wrong stay open after two repairs, and the talk goes on") {
  talk_bench talk;
  talk.user_says("I'm very old");
  CHECK(find<ask_fields>(talk.model_says("Okay.").effects)->round == 1);
  CHECK(find<ask_fields>(talk.fields_come("no idea").effects)->round == 2);
  CHECK_FALSE(find<ask_fields>(talk.fields_come(R"({"values":{"age":"old"}})").effects));
  CHECK(talk.types.back() == "turn_ended");
  CHECK(talk.value("body", "age") == "unknown");
  CHECK_FALSE(talk.state.turn);
}

TEST_CASE("a repair that no model answers ends the turn") {
  talk_bench talk;
  talk.user_says("I'm very old");
  talk.model_says("Okay.");
  talk.fields_come(std::nullopt);
  CHECK(talk.types.back() == "turn_ended");
}

TEST_CASE("plain talk extracts nothing") {
  talk_bench talk{talker()};
  talk.user_says("hi");
  const auto decided = talk.model_says("Hello you.");
  CHECK(talk.types.back() == "turn_ended");
  CHECK_FALSE(find<ask_fields>(decided.effects));
  CHECK(talk.last_words() == "Hello you.");
}

// -- One at a time ---------------------------------------------------------------------------------------------------

TEST_CASE("with policy queue a second message waits and is answered next") {
  talk_bench talk{talker()};
  talk.user_says("one");
  const auto second = talk.user_says("two");
  CHECK(second.refusal.empty());
  CHECK_FALSE(find<ask_model>(second.effects));
  const auto next = talk.model_says("first");
  CHECK(find<ask_model>(next.effects)->reply == talk.state.turn->reply);
  talk.model_says("second");
  CHECK(talk.talk_so_far()
        == std::vector<said>{{speaker::agent, "Hello!"},
                             {speaker::user, "one"},
                             {speaker::agent, "first"},
                             {speaker::user, "two"},
                             {speaker::agent, "second"}});
}

TEST_CASE("no more messages wait than the agent allows") {
  auto agent = talker();
  agent.queue_limit = 2;
  talk_bench talk{agent};
  talk.user_says("one");
  talk.user_says("two");
  talk.user_says("three");
  const auto refused = talk.user_says("four");
  CHECK(refused.refusal == "queue_full: 2 messages wait already");
  CHECK(does_nothing(refused));
}

TEST_CASE("with policy reject a second message is refused, and taken when it is sent again later") {
  auto agent = talker();
  agent.while_answering = busy_policy::reject;
  talk_bench talk{agent};
  talk.user_says("one");
  const auto refused = talk.user_says("two", "c-two");
  CHECK(refused.refusal.starts_with("busy"));
  CHECK(does_nothing(refused));
  talk.model_says("first");
  CHECK(talk.user_says("two", "c-two").refusal.empty());
  CHECK(talk.types.back() == "reply_started");
}

TEST_CASE("with policy interrupt a second message breaks the reply off and keeps what there was") {
  auto agent = talker();
  agent.while_answering = busy_policy::interrupt;
  talk_bench talk{agent};
  talk.user_says("one");
  CHECK(find<cancel_model>(talk.user_says("two").effects));
  const auto next = talk.model_fails(model_fault::cancelled, "I was just sa");
  CHECK(find<ask_model>(next.effects));
  talk.model_says("second");
  CHECK(talk.talk_so_far()
        == std::vector<said>{{speaker::agent, "Hello!"},
                             {speaker::user, "one"},
                             {speaker::agent, "I was just sa"},
                             {speaker::user, "two"},
                             {speaker::agent, "second"}});
}

TEST_CASE("with policy interrupt a reply that breaks by itself gives way to the message that came meanwhile") {
  auto agent = talker();
  agent.while_answering = busy_policy::interrupt;
  talk_bench talk{agent};
  talk.user_says("one");
  talk.user_says("two");
  const auto next = talk.model_fails(model_fault::unavailable, "I was just sa");
  CHECK(find<interrupted>(next.events));
  CHECK(talk.state.turn->message.text == "two");
  CHECK(find<ask_model>(next.effects)->reply == talk.state.turn->reply);
}

TEST_CASE("with policy interrupt only the newest of several messages is answered at length") {
  auto agent = talker();
  agent.while_answering = busy_policy::interrupt;
  talk_bench talk{agent};
  talk.user_says("one");
  talk.user_says("two");
  talk.user_says("three");
  const auto next = talk.model_fails(model_fault::cancelled, "");
  CHECK(std::count_if(next.effects.begin(), next.effects.end(),
                      [](const auto& x) { return std::holds_alternative<ask_model>(x); })
        == 1);
  CHECK(talk.state.turn->message.text == "three");
  REQUIRE(find<message_skipped>(next.events));
  CHECK(find<message_skipped>(next.events)->message == *taken_as(talk.state, "c2"));
  CHECK(std::count_if(next.events.begin(), next.events.end(),
                      [](const auto& x) { return std::holds_alternative<reply_started>(x); })
        == 1);
  talk.model_says("third");
  CHECK(talk.talk_so_far()
        == std::vector<said>{{speaker::agent, "Hello!"},
                             {speaker::user, "one"},
                             {speaker::user, "two"},
                             {speaker::user, "three"},
                             {speaker::agent, "third"}});
}

TEST_CASE("with policy interrupt the newest message is taken however many wait") {
  auto agent = talker();
  agent.while_answering = busy_policy::interrupt;
  agent.queue_limit = 1;
  talk_bench talk{agent};
  talk.user_says("one");
  for (const auto* text : {"two", "three", "four"})
    CHECK(talk.user_says(text).refusal.empty());
  talk.model_fails(model_fault::cancelled, "");
  CHECK(talk.state.turn->message.text == "four");
  CHECK(talk.state.waiting.empty());
}

TEST_CASE("an interruption that comes after the reply changes nothing") {
  talk_bench talk{talker()};
  CHECK(does_nothing(talk.tell(interrupt{})));
  talk.user_says("one");
  CHECK(find<cancel_model>(talk.tell(interrupt{}).effects));
  talk.model_says("first");
  CHECK(does_nothing(talk.tell(model_failed{"m3", model_fault::cancelled, "", "fir"})));
  CHECK(talk.last_words() == "first");
}

TEST_CASE("the same client's id again is answered from the journal and never repeated") {
  talk_bench talk{talker()};
  talk.user_says("one", "same");
  const auto meanwhile = talk.user_says("one", "same");
  CHECK(meanwhile.events.empty());
  REQUIRE(find<notify>(meanwhile.effects));
  CHECK(find<notify>(meanwhile.effects)->code == "known");
  CHECK(find<notify>(meanwhile.effects)->message_id == "m2");
  talk.model_says("first");
  const auto later = talk.user_says("one", "same");
  CHECK(later.events.empty());
  CHECK_FALSE(find<ask_model>(later.effects));
}

TEST_CASE("what can't be a message is refused and leaves no trace") {
  talk_bench talk;
  for (const auto* nothing : {"  \n", "\u00A0", "\u200B\uFEFF"})
    CHECK(talk.user_says(nothing).refusal.starts_with("empty_message"));
  CHECK(talk.user_says(std::string(16'001, 'x')).refusal == "message_too_long: at most 16000 bytes, not 16001");
  CHECK(talk.user_says("hi", std::string(201, 'x')).refusal.starts_with("invalid_id"));
  CHECK(talk.types.size() == 1);
}

// -- Models that fail ------------------------------------------------------------------------------------------------

TEST_CASE("when no model answers, the agent's questions go on without one") {
  talk_bench talk;
  talk.user_says("hi");
  talk.model_fails();
  CHECK(talk.last_words() == "How old are you?");
  CHECK(talk.state.asked == "age");
  CHECK(talk.types.back() == "turn_ended");
  const auto* reply = std::get_if<reply_completed>(&talk.journal[3].event);
  REQUIRE(reply);
  CHECK(reply->fallback == "no provider answered");
  CHECK(reply->usage.provider == "extractive");
}

TEST_CASE("when no model answers plain talk, the user is told kindly and the message is kept") {
  talk_bench talk{talker()};
  talk.user_says("hi");
  talk.model_fails();
  CHECK(contains(talk.last_words(), "Your message is kept"));
}

TEST_CASE("a stream that breaks after its first word begins anew, a few times") {
  talk_bench talk{talker()};
  talk.user_says("hi");
  const auto again = talk.model_fails(model_fault::unavailable, "I am");
  CHECK(find<reply_broken>(again.events));
  CHECK(find<reply_started>(again.events)->replaces == "m3");
  CHECK(find<reply_started>(again.events)->attempt == 2);
  CHECK(find<ask_model>(again.effects));
  talk.model_fails(model_fault::unavailable, "I am");
  const auto last = talk.model_fails(model_fault::unavailable, "I am");
  CHECK_FALSE(find<ask_model>(last.effects));
  CHECK(contains(talk.last_words(), "Your message is kept"));
  CHECK_FALSE(talk.state.turn);
}

TEST_CASE("a stream that breaks is kept as it is where the agent says so") {
  auto agent = talker();
  agent.when_broken = config::broken_policy::keep;
  talk_bench talk{agent};
  talk.user_says("hi");
  talk.model_fails(model_fault::unavailable, "I am half");
  CHECK(talk.last_words() == "I am half");
  CHECK(talk.types.back() == "turn_ended");
}

TEST_CASE("a stream that is still going on when the reply's time is over is kept, not begun anew") {
  const auto agent = talker();
  talk_bench talk{agent};
  talk.user_says("hi");
  talk.now += agent.reply_timeout;
  const auto end = talk.model_fails(model_fault::unavailable, "I am half");
  CHECK_FALSE(find<ask_model>(end.effects));
  CHECK(talk.last_words() == "I am half");
  CHECK(talk.types.back() == "turn_ended");
}

TEST_CASE("a budget that is used up is told to the user") {
  talk_bench talk;
  talk.user_says("hi");
  talk.model_fails(model_fault::budget);
  CHECK(talk.types.back() == "turn_failed");
  CHECK(contains(talk.last_words(), "budget"));
  CHECK(talk.user_says("again?").refusal.empty());
}

TEST_CASE("an answer that never comes is replaced by one that is composed, under a new id") {
  talk_bench talk;
  const auto asked = talk.user_says("hi");
  const auto* timer = find<set_timer>(asked.effects);
  REQUIRE(timer);
  CHECK(timer->after == 60s);
  const auto late = talk.tell(timer_fired{timer->kind, timer->reply, timer->round});
  CHECK(find<cancel_model>(late.effects));
  CHECK(find<reply_broken>(late.events));
  CHECK(talk.last_words() == "How old are you?");
  CHECK(does_nothing(talk.tell(model_replied{"m3", "late", "stop", {}})));
}

TEST_CASE("a timer of a reply that is whole does nothing") {
  talk_bench talk{talker()};
  const auto asked = talk.user_says("hi");
  talk.model_says("Hello.");
  const auto* timer = find<set_timer>(asked.effects);
  CHECK(does_nothing(talk.tell(timer_fired{timer->kind, timer->reply, timer->round})));
}

TEST_CASE("a repair that never comes ends the turn") {
  talk_bench talk;
  talk.user_says("hi");
  const auto asked = talk.model_says("Hello.");
  const auto* timer = find<set_timer>(asked.effects);
  talk.tell(timer_fired{timer->kind, timer->reply, timer->round});
  CHECK(talk.types.back() == "turn_ended");
}

// -- The user's own edits --------------------------------------------------------------------------------------------

TEST_CASE("what the user sets wins over the model unless the user corrects it in the talk") {
  talk_bench talk;
  CHECK(talk.tell(set_field{"body", "age", "40"}).refusal.empty());
  talk.user_says("hm");
  talk.model_says(R"(Okay. <fields>{"values":{"age":34}}</fields>)");
  CHECK(talk.value("body", "age") == "40");
  talk.user_says("sorry, I'm 35");
  talk.model_says(R"(Okay. <fields>{"values":{"age":35},"corrected":["age"]}</fields>)");
  CHECK(talk.value("body", "age") == "35");
  CHECK(talk.state.profile.find("body", "age")->origin == field_origin::correction);
}

TEST_CASE("a field is set only to what fits it, and only when its step has begun") {
  talk_bench talk;
  CHECK(talk.tell(set_field{"body", "age", "400"}).refusal == "invalid_value: /age: is too large");
  CHECK(talk.tell(set_field{"body", "age", "{"}).refusal == "invalid_value: /age: must be a value in JSON");
  CHECK(talk.tell(set_field{"body", "age", "40,\"weight_kg\":50"}).refusal.starts_with("invalid_value"));
  CHECK(talk.tell(set_field{"goal", "target", "\"x\""}).refusal.starts_with("unknown_field"));
  CHECK(talk.tell(set_field{"body", "shoe", "1"}).refusal.starts_with("unknown_field"));
  CHECK(does_nothing(talk.tell(set_field{"body", "age", ""})));
  talk.tell(set_field{"body", "age", "40"});
  talk.tell(set_field{"body", "age", ""});
  CHECK(talk.value("body", "age") == "unknown");
}
