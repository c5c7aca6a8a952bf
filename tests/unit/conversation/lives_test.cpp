#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::testing;

TEST_CASE("a wake with nothing under way does nothing") {
  talk_bench talk;
  CHECK(does_nothing(talk.new_owner()));
  talk.user_says("hi");
  talk.model_says("Hello. <fields>{}</fields>");
  CHECK(does_nothing(talk.new_owner()));
  conversation_state empty;
  CHECK(does_nothing(conversation_core::decide(empty, wake{1}, {talk.now, 0, "x"}, talk.settings)));
}

TEST_CASE("after a crash between message and reply the old reply is declared broken and a new one begun") {
  talk_bench talk{talker()};
  talk.user_says("hi");
  const auto woken = talk.new_owner();
  CHECK(talk.types
        == std::vector<std::string>{"opened", "user_message", "reply_started", "reply_broken", "reply_started"});
  CHECK(find<reply_started>(woken.events)->replaces == "m3");
  CHECK(find<ask_model>(woken.effects)->reply == "m5");
  CHECK(does_nothing(talk.tell(model_replied{"m3", "of the old life", "stop", {}})));
  talk.model_says("Hello.");
  CHECK(talk.talk_so_far()
        == std::vector<said>{{speaker::agent, "Hello!"}, {speaker::user, "hi"}, {speaker::agent, "Hello."}});
}

TEST_CASE("after a crash behind the reply its model is not asked again, only for the fields") {
  talk_bench talk;
  talk.user_says("hi");
  talk.model_says("Hello.");
  const auto woken = talk.new_owner();
  CHECK(woken.events.empty());
  CHECK_FALSE(find<ask_model>(woken.effects));
  CHECK(find<ask_fields>(woken.effects)->round == 1);
  talk.fields_come(R"({"values":{}})");
  CHECK_FALSE(talk.state.turn);
}

TEST_CASE("a message that ends its owners again and again is answered without a model") {
  talk_bench talk{talker()};
  talk.user_says("hi");
  CHECK(find<ask_model>(talk.new_owner().effects));
  CHECK(find<ask_model>(talk.new_owner().effects));
  CHECK_FALSE(find<ask_model>(talk.new_owner().effects));
  CHECK(contains(talk.last_words(), "Your message is kept"));
}

TEST_CASE("with policy interrupt a successor answers the newest message only") {
  auto agent = talker();
  agent.while_answering = busy_policy::interrupt;
  talk_bench talk{agent};
  talk.user_says("one");
  talk.user_says("two");
  const auto woken = talk.new_owner();
  CHECK(find<interrupted>(woken.events));
  CHECK(talk.state.turn->message.text == "two");
}

TEST_CASE("an owner that is stopped lets the reply come, then ends; the next one goes on with what waits") {
  talk_bench talk{talker()};
  talk.user_says("one");
  talk.user_says("two");
  talk.tell(conversation_core::stop());
  CHECK(talk.types.back() == "parked");
  CHECK_FALSE(conversation_core::finished(talk.state));
  CHECK_FALSE(find<ask_model>(talk.model_says("first").effects));
  CHECK(conversation_core::finished(talk.state));
  const auto woken = talk.new_owner();
  CHECK(find<resumed>(woken.events));
  CHECK(find<ask_model>(woken.effects));
  CHECK_FALSE(conversation_core::finished(talk.state));
}

TEST_CASE("a reply that is broken off by the stop begins anew in the next life") {
  talk_bench talk{talker()};
  talk.user_says("one");
  talk.tell(conversation_core::stop());
  talk.model_fails(model_fault::cancelled, "half a");
  CHECK(talk.types.back() == "reply_broken");
  CHECK(conversation_core::finished(talk.state));
  const auto woken = talk.new_owner();
  CHECK(find<reply_started>(woken.events)->replaces == "m3");
  CHECK(find<ask_model>(woken.effects));
}

TEST_CASE("an idle conversation is stopped without a trace, and a message is taken while its owner ends") {
  talk_bench talk{talker()};
  CHECK(does_nothing(talk.tell(conversation_core::stop())));
  talk.user_says("one");
  talk.tell(conversation_core::stop());
  CHECK(talk.user_says("two").refusal.empty());
  CHECK(talk.state.waiting.size() == 1);
}

TEST_CASE("a conversation expires when nothing was said for its agent's time to live") {
  talk_bench talk{talker()};
  talk.now += 24h;
  talk.user_says("hi");
  talk.model_says("Hello.");
  talk.now += 7 * 24h - 1ms;
  CHECK(talk.tell(expire{}).refusal.starts_with("not_due"));
  talk.now += 1ms;
  talk.tell(expire{});
  CHECK(talk.types.back() == "expired");
  CHECK(talk.state.messages.empty());
  CHECK(talk.user_says("hi").refusal.starts_with("ended"));
  CHECK(does_nothing(talk.new_owner()));
}

TEST_CASE("a conversation that is deleted forgets everything and stops its model") {
  talk_bench talk{talker()};
  talk.user_says("my secret");
  CHECK(find<cancel_model>(talk.tell(erase{"ann"}).early_effects)); // before the deletion is durable
  CHECK(talk.state.ended);
  CHECK(talk.state.messages.empty());
  CHECK(talk.state.taken.empty());
  CHECK_FALSE(talk.state.turn);
  CHECK(conversation_core::finished(talk.state));
  CHECK(does_nothing(talk.model_says("late")));
}

TEST_CASE("an agent whose file is gone refuses new messages and ends what is under way kindly") {
  talk_bench talk{talker()};
  talk.user_says("one");
  talk.agent = nullptr;
  CHECK(talk.user_says("two").refusal.starts_with("agent_missing"));
  talk.new_owner();
  CHECK(talk.types.back() == "turn_failed");
  CHECK(contains(talk.last_words(), "not available"));
}

TEST_CASE("a changed agent answers the next message, and its version is recorded") {
  talk_bench talk{talker()};
  talk.agent = std::make_shared<agent_definition>(talker());
  talk.agent->version = "v2";
  talk.agent->persona = "You are stern.";
  const auto asked = talk.user_says("one");
  CHECK(contains(find<ask_model>(asked.effects)->messages.front().text, "stern"));
  CHECK(talk.state.version == "v2");
}

TEST_CASE("a stored step outside the agent's is reported as corruption while the talk stays readable") {
  talk_bench talk;
  talk.apply({handed_over{"body", "goal", 12, "planner", "Hi", ""}});
  CHECK(corruption(talk.state, *talk.agent) == "the stored step number 12 is not from 1 to 2");
  CHECK(talk.user_says("one").refusal == "corrupt: the stored step number 12 is not from 1 to 2");
  CHECK(talk.last_words() == "Hi");
  talk.apply({handed_over{"goal", "moon", 2, "planner", "", ""}});
  CHECK(corruption(talk.state, *talk.agent) == "the stored step 'moon' is none of agent coach's");
}

TEST_CASE("a conversation with an unknown agent isn't begun") {
  talk_bench talk;
  conversation_state fresh;
  const auto decided =
      conversation_core::decide(fresh, open{"nobody", "ann"}, {talk.now, 0, conversation_id}, talk.settings);
  CHECK(decided.refusal == "agent_missing: there is no agent 'nobody'");
  const auto said = conversation_core::decide(fresh, say{"c", "hi", {}}, {talk.now, 0, conversation_id}, talk.settings);
  CHECK(said.refusal.starts_with("not_open"));
}

TEST_CASE("a long talk keeps its last messages in memory and knows all of its clients' ids") {
  talk_bench talk{talker()};
  for (int i = 0; i < 200; ++i) {
    talk.user_says("question " + std::to_string(i));
    talk.model_says("answer " + std::to_string(i));
  }
  CHECK(talk.state.messages.size() < 400);
  CHECK(talk.last_words() == "answer 199");
  CHECK(talk.user_says("question 0", "c1").events.empty());
}
