#include <catch2/catch_test_macros.hpp>

#include "actors/conversation/progress.hpp"
#include "tests/actor/conversation/fixture.hpp"

using namespace troupe;
using namespace troupe::testing;
using actors::command_result;
using status = actors::command_result::status;
using lines = std::vector<std::string>;

TEST_CASE_METHOD(conversation_fixture, "a reply is streamed to its follower word by word and stands in the journal") {
  const auto which = open();
  auto ada = follow(which);
  CHECK(ada->lines == lines{"STATE_SNAPSHOT", "MESSAGES_SNAPSHOT"});
  CHECK(say(which, "c1", "Hello there").outcome == status::stored);
  REQUIRE(calls.size() == 1);
  stream("Hi");
  CHECK(ada->texts().back() == "Hi");
  stream(" Ada");
  CHECK(ada->texts().back() == "Hi Ada");
  finish("Hi Ada!");
  CHECK(ada->texts() == stored_texts(which));
  CHECK(ada->texts().back() == "Hi Ada!");
  CHECK(ada->lines.back() == "RUN_FINISHED");
  CHECK(ada->faults.empty());
}

TEST_CASE_METHOD(conversation_fixture, "a message is on the disk before its model is asked and its follower is told") {
  const auto which = open();
  auto ada = follow(which);
  store->fail_writes(1);
  tell_only(which, talk::say{"c1", "Hello", {}});
  run();
  CHECK(calls.empty());
  CHECK(ada->count("RUN_STARTED") == 0);
  advance(10s);
  CHECK(calls.size() == 1);
  CHECK(ada->lines == lines{"STATE_SNAPSHOT", "MESSAGES_SNAPSHOT", "CUSTOM", "RUN_STARTED", "TEXT_MESSAGE_START"});
}

TEST_CASE_METHOD(conversation_fixture, "all devices of a user see the same, whenever they come") {
  const auto which = open();
  auto phone = follow(which);
  say(which, "c1", "Hello");
  stream("Once upon ");
  auto laptop = follow(which);
  CHECK(laptop->texts().back() == "Once upon");
  stream("a time");
  CHECK(laptop->texts() == phone->texts());
  finish("Once upon a time.");
  auto late = follow(which);
  CHECK(phone->texts() == stored_texts(which));
  CHECK(laptop->texts() == stored_texts(which));
  CHECK(late->texts() == stored_texts(which));
  CHECK(laptop->state == phone->state);
  CHECK(late->state == phone->state);
}

TEST_CASE_METHOD(conversation_fixture, "what the model extracts isn't shown, even cut anywhere") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  const std::string reply = "Well. <fields>{\"a\":1}</fields>";
  for (const char c : reply)
    stream(std::string_view{&c, 1});
  CHECK(ada->texts().back() == "Well.");
  finish(reply);
  CHECK(ada->texts().back() == "Well.");
}

TEST_CASE_METHOD(conversation_fixture, "who is slow is caught up without loss and repetition, and delays nobody") {
  for (std::size_t room = 0; room < 14; ++room) {
    const auto which = open("user" + std::to_string(room));
    auto fast = follow(which);
    client slow;
    slow.shown->room = room;
    slow.line = port->subscribe(which, std::nullopt, slow.shown);
    run();
    say(which, "c1", "Hello");
    stream("One ");
    stream("two ");
    stream("three");
    slow.shown->room += 3;
    slow.line->resume();
    run();
    stream(" four");
    slow.shown->room += 100;
    slow.line->resume();
    run();
    INFO("room for " << room << " events at first");
    CHECK(slow->texts().back() == "One two three four");
    finish("One two three four five");
    say(which, "c2", "More");
    finish("Yes");
    CHECK(slow->texts() == stored_texts(which));
    CHECK(fast->texts() == stored_texts(which));
    CHECK(slow->faults.empty());
    CHECK(slow->state == fast->state);
  }
}

TEST_CASE_METHOD(conversation_fixture, "who has no room for longer than a reply lasts is caught up from the journal") {
  const auto which = open();
  auto slow = follow(which);
  slow->room = 2;
  say(which, "c1", "Hello");
  stream("One ");
  finish("One two");
  say(which, "c2", "And?");
  finish("Three");
  CHECK(slow->texts() != stored_texts(which));
  while (slow->texts() != stored_texts(which)) {
    slow->room = 1;
    slow.line->resume();
    run();
  }
  CHECK(slow->faults.empty());
  slow->room = 100;
  slow.line->resume();
  run();
  CHECK(slow->lines.back() == "RUN_FINISHED");
}

TEST_CASE_METHOD(conversation_fixture,
                 "who has read more of the journal than was told yet misses none of the reply's words") {
  chat.while_answering = config::busy_policy::queue;
  const auto which = open();
  say(which, "c1", "Hello");
  say(which, "c2", "More");
  const auto past_events = talk::decode_journal(store->events(which));
  talk::conversation_state state;
  for (const auto& past : std::span{past_events}.first(3))
    core::apply(state, past.event, past.at);
  talk::feed feed{which};
  feed.awakened(state);
  feed.said("m3", "Once upon ");
  // Comes when the second message is in the journal, and the conversation hasn't heard that it is.
  const auto shown = std::make_shared<screen>();
  const auto late = std::make_shared<talk::follower>();
  late->who = shown;
  feed.add(late);
  CHECK(feed.catch_up(*late, past_events) == talk::caught_up::done);
  feed.said("m3", "a ");
  core::apply(state, past_events[3].event, past_events[3].at);
  feed.committed(state, {past_events[3].event}, past_events[3].at);
  feed.said("m3", "time");
  CHECK(shown->messages.at("m3") == "Once upon a time");
  CHECK(shown->customs.empty());
}

TEST_CASE_METHOD(conversation_fixture, "from any cursor a client gets the rest exactly once") {
  const auto which = open();
  auto whole = follow(which);
  std::vector<std::pair<talk::cursor, std::map<std::string, std::string>>> places;
  const auto note = [&] { places.emplace_back(*whole->last, whole->messages); };
  note();
  say(which, "c1", "Hello");
  note();
  stream("One ");
  note();
  stream("two");
  note();
  finish("One two.");
  note();
  say(which, "c2", "And?");
  stream("Three");
  note();
  for (const auto& [at, messages] : places) {
    client back;
    back->messages = messages;
    for (const auto& [id, text] : messages)
      back->order.push_back(id);
    back->last = at;
    back.line = port->subscribe(which, at, back.shown);
    run();
    CHECK(back->messages == whole->messages);
    CHECK(back->count("STATE_SNAPSHOT") == 1);
    CHECK(back->state == whole->state);
  }
}

TEST_CASE_METHOD(conversation_fixture, "when very many come at once all of them are told") {
  const auto which = open();
  const auto other = open("bob");
  std::vector<client> all;
  for (int i = 0; i < 500; ++i) {
    auto& each = all.emplace_back();
    each.line = port->subscribe(i % 2 == 0 ? which : other, std::nullopt, each.shown);
  }
  CHECK(readers->depth() < 100);
  run();
  for (const auto& each : all)
    CHECK(each->lines.size() == 2);
}

TEST_CASE_METHOD(conversation_fixture, "a cursor that the journal doesn't reach to counts as none") {
  const auto which = open();
  auto ada = follow(which, talk::cursor{77, 1, 0});
  CHECK(ada->lines == lines{"STATE_SNAPSHOT", "MESSAGES_SNAPSHOT"});
}

TEST_CASE_METHOD(conversation_fixture, "a reply goes on when its reader has gone, and is whole when they come back") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  stream("I am still ");
  ada.line.reset();
  stream("talking");
  CHECK(ada->texts().back() == "I am still");
  finish("I am still talking.");
  reconnect(ada, which);
  CHECK(ada->texts().back() == "I am still talking.");
  CHECK(ada->faults.empty());
}

TEST_CASE_METHOD(conversation_fixture, "the same client's id again is answered, not asked") {
  const auto which = open();
  say(which, "c1", "Hello");
  finish("Hi");
  CHECK(say(which, "c1", "Hello").outcome == status::unchanged);
  CHECK(calls.empty());
  std::optional<std::string> reply;
  port->inspect(
      which, [&](const talk::conversation_state& s) { reply = talk::reply_to(s, *talk::taken_as(s, "c1")); },
      [](talk::port_fault) { FAIL("it can be inspected"); });
  run();
  CHECK(reply == "Hi");
}

TEST_CASE_METHOD(conversation_fixture, "with policy queue the second message waits for its turn") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "One?");
  CHECK(say(which, "c2", "Two?").outcome == status::stored);
  CHECK(calls.size() == 1);
  finish("One.");
  REQUIRE(calls.size() == 1);
  finish("Two.");
  const auto& stored = stored_texts(which);
  CHECK(lines(stored.end() - 4, stored.end()) == lines{"One?", "One.", "Two?", "Two."});
  CHECK(ada->count("RUN_FINISHED") == 2);
}

TEST_CASE_METHOD(conversation_fixture,
                 "with policy interrupt the reply keeps what was said, and its call is broken off") {
  chat.while_answering = config::busy_policy::interrupt;
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "One?");
  stream("Let me ");
  tell_only(which, talk::say{"c2", "Two?", {}});
  run();
  REQUIRE(calls.size() == 1);
  CHECK(calls.back()->stop.stop_requested());
  fail("Let me ");
  CHECK(ada->customs == lines{"user_message", "user_message", "message_interrupted"});
  REQUIRE(calls.size() == 1);
  finish("Two.");
  const auto& stored = stored_texts(which);
  CHECK(lines(stored.end() - 4, stored.end()) == lines{"One?", "Let me", "Two?", "Two."});
}

TEST_CASE_METHOD(conversation_fixture, "with policy reject the second message is refused and leaves no trace") {
  chat.while_answering = config::busy_policy::reject;
  const auto which = open();
  say(which, "c1", "One?");
  const auto refused = say(which, "c2", "Two?");
  CHECK(refused.outcome == status::refused);
  CHECK(refused.detail.starts_with("busy"));
  finish("One.");
  CHECK(say(which, "c2", "Two?").outcome == status::stored);
}

TEST_CASE_METHOD(conversation_fixture, "a reply that the user breaks off ends with what was shown") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Tell me all");
  stream("It is a long ");
  CHECK(tell(which, talk::interrupt{}).outcome == status::unchanged);
  REQUIRE(calls.size() == 1);
  fail("It is a long ");
  CHECK(ada->texts().back() == "It is a long");
  CHECK(stored_texts(which).back() == "It is a long");
  CHECK(ada->lines.back() == "RUN_FINISHED");
}

TEST_CASE_METHOD(conversation_fixture, "a reply that breaks after its first word is told anew") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  stream("Once up");
  fail("Once up");
  REQUIRE(calls.size() == 1);
  CHECK(ada->customs.back() == "message_restarted");
  stream("There was");
  finish("There was a king.");
  CHECK(ada->texts() == stored_texts(which));
  CHECK(ada->texts().back() == "There was a king.");
}

TEST_CASE_METHOD(conversation_fixture, "the agent's own model settings go with the call") {
  chat.provider = "p2";
  chat.temperature = 0.3;
  chat.max_tokens = 77;
  const auto which = open();
  say(which, "c1", "Hello");
  REQUIRE(calls.size() == 1);
  CHECK(calls[0]->provider == "p2");
  CHECK(calls[0]->temperature == 0.3);
  CHECK(calls[0]->max_tokens == 77);
  CHECK(calls[0]->limit == chat.reply_timeout);
}

TEST_CASE_METHOD(conversation_fixture, "without a model the onboarding leads the talk and fills the profile") {
  decisions->models = false;
  const auto which = open("ada", "onboarding");
  auto ada = follow(which);
  CHECK_FALSE(ada->texts().empty());
  say(which, "c1", "I am 34 years old");
  CHECK(calls.empty());
  CHECK(ada->state.at("profile").at(ada->state.at("step").get<std::string>()).dump().find("34") != std::string::npos);
}

TEST_CASE_METHOD(conversation_fixture, "metrics count what became of conversations without a word of them") {
  const auto which = open();
  say(which, "c1", "my secret");
  finish("your secret");
  const auto text = metrics.render();
  CHECK(text.find(R"(troupe_conversations_total{agent="chat",outcome="opened"} 1)") != std::string::npos);
  CHECK(text.find(R"(troupe_conversation_replies_total{agent="chat",outcome="model"} 1)") != std::string::npos);
  CHECK(text.find(R"(onboarding_agent_response_time_seconds_count{agent="chat"} 1)") != std::string::npos);
  CHECK(text.find("secret") == std::string::npos);
}
