#include <catch2/catch_test_macros.hpp>

#include "actors/conversation/live/sweep.hpp"
#include "tests/actor/conversation/fixture.hpp"

using namespace troupe;
using namespace troupe::testing;
using status = actors::command_result::status;
using lines = std::vector<std::string>;

namespace {

struct life_fixture : conversation_fixture {
  std::size_t in_memory() const {
    return conversations->live->load();
  }

  /// Ends the conversation's actor as a bug would.
  void crash(const storage::entity_key& which) {
    port->inspect(
        which, [](const talk::conversation_state&) { throw std::runtime_error{"a bug"}; }, [](talk::port_fault) {});
    run();
  }

  std::variant<talk::done_well, talk::port_fault> erase(const storage::entity_key& which) {
    std::optional<std::variant<talk::done_well, talk::port_fault>> result;
    port->erase(which, "user", [&](auto what) { result = what; });
    run();
    return result.value();
  }
};

} // namespace

TEST_CASE_METHOD(life_fixture, "who opens twice gets the same conversation, each user and agent their own") {
  const auto first = find_or_open("ada");
  CHECK(find_or_open("ada") == first);
  CHECK(find_or_open("bob") != first);
  CHECK(find_or_open("ada", "profile") != first);
  CHECK(find_or_open("ada", "chat", "thread:7") != first);
  CHECK(find_or_open("ada", "chat", "thread:7") == find_or_open("ada", "chat", "thread:7"));
  CHECK(find_or_open("ada", "nobody") == fault_or_id{talk::port_fault::agent_missing});
  CHECK(in_memory() == 0);
}

TEST_CASE_METHOD(life_fixture, "a new conversation becomes the current one") {
  const auto first = find_or_open("ada");
  std::optional<fault_or_id> second;
  port->open_new({"acme", "ada"}, "chat", [&](fault_or_id what) { second = std::move(what); });
  advance(5ms);
  CHECK(second.value() != first);
  CHECK(find_or_open("ada") == second.value());
}

TEST_CASE_METHOD(life_fixture, "a conversation is found by its owner only") {
  const auto which = open("ada");
  std::optional<std::variant<storage::conversation_record, talk::port_fault>> found;
  port->find({"acme", "ada"}, which.id, [&](auto what) { found = std::move(what); });
  run();
  CHECK(std::get<storage::conversation_record>(found.value()).row.agent == "chat");
  port->find({"acme", "bob"}, which.id, [&](auto what) { found = std::move(what); });
  run();
  CHECK(std::get<talk::port_fault>(found.value()) == talk::port_fault::not_found);
}

TEST_CASE_METHOD(life_fixture,
                 "what is said to a conversation that isn't there is refused, and nothing stays in memory") {
  const auto result = say(key("0199"), "c1", "Hello?");
  CHECK(result.outcome == status::refused);
  CHECK(result.detail.starts_with("not_open"));
  CHECK(in_memory() == 0);
  auto nobody = follow(key("0199"));
  CHECK(nobody->lost_by == "not_found");
}

TEST_CASE_METHOD(life_fixture, "an idle conversation leaves memory, and comes back with the next message") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  finish("Hi");
  advance(9min);
  CHECK(in_memory() == 1);
  say(which, "c2", "Still there?");
  finish("Yes");
  advance(9min);
  CHECK(in_memory() == 1);
  advance(2min);
  CHECK(in_memory() == 0);
  say(which, "c3", "And now?");
  CHECK(in_memory() == 1);
  finish("Now, too");
  CHECK(ada->texts() == stored_texts(which));
  CHECK(ada->faults.empty());
  CHECK(ada->count("STATE_SNAPSHOT") == 1);
}

TEST_CASE_METHOD(life_fixture, "a busy conversation stays in memory however long its reply takes") {
  const auto which = open();
  say(which, "c1", "Hello");
  advance(20s);
  linger = 0ms;
  advance(5s);
  CHECK(in_memory() == 1);
  finish("Hi");
  advance(1min);
  CHECK(in_memory() == 0);
}

TEST_CASE_METHOD(life_fixture, "under pressure conversations that rest already leave sooner") {
  const auto which = open();
  say(which, "c1", "Hello");
  finish("Hi");
  linger = 0ms;
  advance(1min);
  CHECK(in_memory() == 0);
}

TEST_CASE_METHOD(life_fixture, "following a conversation doesn't bring it into memory") {
  const auto which = open();
  auto ada = follow(which);
  CHECK(ada->lines.size() == 2);
  CHECK(in_memory() == 0);
}

TEST_CASE_METHOD(life_fixture, "what is said while the conversation leaves memory isn't lost") {
  linger = 0ms;
  const auto which = open();
  for (int i = 0; i < 5; ++i) {
    const auto told = tell_only(which, talk::interrupt{});
    const auto said = tell_only(which, talk::say{"c" + std::to_string(i), "Hello", {}});
    advance(1s);
    CHECK(told->value().outcome == status::unchanged);
    CHECK(said->value().outcome == status::stored);
    finish("Hi");
  }
}

TEST_CASE_METHOD(life_fixture,
                 "an order that waits to be tried again is answered though the actor that keeps it dies") {
  const auto which = open();
  caf::anon_send(tenants, actors::atom::park_v);
  const auto told = tell_only(which, talk::interrupt{});
  run();
  CHECK_FALSE(told->has_value());
  caf::anon_send_exit(later.get(), caf::exit_reason::kill);
  advance(10s);
  CHECK(told->value().outcome == status::ended);
}

TEST_CASE_METHOD(life_fixture, "a conversation that dies in mid-reply tells it anew, and its followers are told") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  stream("Once up");
  crash(which);
  CHECK(calls.back()->stop.stop_requested());
  stream("on a time"); // too late: nobody is told
  CHECK(ada->texts().back() == "Once up");
  fail("Once upon a time");
  advance(2s);
  REQUIRE(calls.size() == 1);
  CHECK(ada->customs.back() == "message_restarted");
  stream("There was");
  finish("There was a king.");
  CHECK(ada->texts() == stored_texts(which));
  CHECK(ada->texts().back() == "There was a king.");
  CHECK(ada->faults.empty());
}

TEST_CASE_METHOD(life_fixture, "a conversation that dies behind its reply doesn't ask its model again") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  finish("Hi");
  crash(which);
  advance(5s);
  CHECK(calls.empty());
  say(which, "c2", "Again");
  finish("Hi again");
  CHECK(ada->texts() == stored_texts(which));
}

TEST_CASE_METHOD(life_fixture, "who comes while a conversation is between two lives sees what stands") {
  const auto which = open();
  say(which, "c1", "Hello");
  stream("Once up");
  crash(which);
  auto ada = follow(which);
  advance(2s);
  finish("There was a king.");
  CHECK(ada->texts() == stored_texts(which));
  CHECK(ada->faults.empty());
}

TEST_CASE_METHOD(life_fixture, "a conversation that keeps dying isn't started again for ever") {
  const auto which = open();
  auto ada = follow(which);
  for (int i = 0; i < 6; ++i)
    crash(which);
  CHECK(ada->lost_by == "crashed");
  advance(10min);
  CHECK(say(which, "c1", "Hello").outcome == status::stored);
}

TEST_CASE_METHOD(life_fixture, "busy conversations go on when the process comes back, without a client") {
  const auto which = open();
  say(which, "c1", "Hello");
  stream("Once up");
  const auto rest = open("bob");
  caf::anon_send_exit(tenants, caf::exit_reason::kill);
  advance(1s);
  calls.clear();
  start_process();
  advance(1s);
  REQUIRE(calls.size() == 1);
  CHECK(in_memory() == 1);
  finish("There was a king.");
  CHECK(stored_texts(which).back() == "There was a king.");
}

TEST_CASE_METHOD(life_fixture, "when the tenant's actor dies its conversations go on below the next one") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  stream("Once up");
  caf::anon_send_exit(registry->find("acme"), caf::exit_reason::kill);
  const auto said = tell_only(which, talk::say{"c2", "Are you there?", {}});
  advance(2s);
  CHECK(said->value().outcome == status::stored);
  finish("One.");
  finish("Two.");
  CHECK(ada->texts() == stored_texts(which));
  CHECK(ada->faults.empty());
}

TEST_CASE_METHOD(life_fixture, "when storage fails in between, the talk goes on once it is back") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  stream("Hi");
  store->fail_writes(3);
  finish("Hi there");
  CHECK(ada->count("RUN_FINISHED") == 0);
  advance(30s);
  CHECK(ada->count("RUN_FINISHED") == 1);
  CHECK(ada->texts() == stored_texts(which));
}

TEST_CASE_METHOD(life_fixture,
                 "who can't be caught up because storage is down is told, and comes back with the cursor") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  finish("Hi");
  ada.line.reset();
  say(which, "c2", "More");
  finish("Yes");
  store->fail_reads(1);
  reconnect(ada, which);
  CHECK(ada->lost_by == "storage_unavailable");
  reconnect(ada, which);
  CHECK(ada->texts() == stored_texts(which));
  CHECK(ada->faults.empty());
}

TEST_CASE_METHOD(life_fixture, "a journal that can't be read is reported, and the tenant's other talks go on") {
  const auto which = open();
  auto ada = follow(which);
  store->tamper(which, [](auto& events) { events[0].payload = "{"; });
  const auto first = tell_only(which, talk::say{"c1", "Hello", {}});
  advance(5s);
  CHECK(first->value().outcome == status::refused);
  const auto again = say(which, "c1", "Hello");
  CHECK(again.outcome == status::refused);
  CHECK(again.detail.starts_with("corrupt"));
  CHECK(ada->lost_by == "corrupt");
  CHECK(say(open("bob"), "c1", "Hello").outcome == status::stored);
}

TEST_CASE_METHOD(life_fixture, "an erased conversation is gone for its followers and in storage") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  stream("My secret");
  CHECK(std::holds_alternative<talk::done_well>(erase(which)));
  CHECK(ada->customs.back() == "conversation_ended");
  CHECK(ada->lost_by == "ended");
  CHECK(store->events(which).empty());
  CHECK(in_memory() == 0);
  CHECK(erase(which) == std::variant<talk::done_well, talk::port_fault>{talk::port_fault::not_found});
  CHECK(say(which, "c2", "Hello?").outcome == status::refused);
  CHECK(open() != which);
}

TEST_CASE_METHOD(life_fixture, "who follows a conversation that is erased behind its back learns that it is gone") {
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  store->open_writer()->remove_user("acme", "ada");
  finish("Hi");
  advance(5s);
  CHECK(ada->count("RUN_FINISHED") == 0);
  CHECK(ada->lost_by == "not_found");
}

TEST_CASE_METHOD(life_fixture,
                 "who follows a user's conversation is told of its end though its actor can't be reached") {
  const auto which = open();
  auto ada = follow(which);
  caf::anon_send(tenants, actors::atom::park_v);
  run();
  bool done = false;
  port->erase_user({"acme", "ada"}, "user", [&](auto what) { done = std::holds_alternative<talk::done_well>(what); });
  advance(10s);
  CHECK(done);
  CHECK(store->events(which).empty());
  CHECK(ada->lost_by == "not_found");
}

TEST_CASE_METHOD(life_fixture, "erasing a user erases all of theirs and nobody else's") {
  const auto first = open("ada");
  const auto second = open("ada", "profile");
  const auto bobs = open("bob");
  auto ada = follow(first);
  bool done = false;
  port->erase_user({"acme", "ada"}, "user", [&](auto what) { done = std::holds_alternative<talk::done_well>(what); });
  run();
  CHECK(done);
  CHECK(ada->lost_by == "ended");
  CHECK(store->events(first).empty());
  CHECK(store->events(second).empty());
  CHECK_FALSE(store->events(bobs).empty());
}

TEST_CASE_METHOD(life_fixture, "a conversation in which nothing was said for its time to live is erased") {
  chat.time_to_live = 1h;
  const auto which = open("ada", "profile");
  const auto old = open("ada", "chat");
  const talk::sweep_services sweep{orders, readers, time, agents};
  advance(24h * 6);
  const auto young = open("bob", "profile");
  advance(25h);
  talk::expire_idle_ones(sweep);
  run();
  CHECK(store->events(which).empty());
  CHECK(store->events(old).empty());
  CHECK_FALSE(store->events(young).empty());
}

TEST_CASE_METHOD(life_fixture, "when the engine stops, conversations finish or park, and leave memory") {
  const auto idle = open("bob");
  say(idle, "c1", "Hello");
  finish("Hi");
  const auto which = open();
  auto ada = follow(which);
  say(which, "c1", "Hello");
  stream("Once up");
  caf::anon_send(tenants, actors::atom::park_v);
  run();
  CHECK(in_memory() == 1);
  finish("Once upon a time.");
  CHECK(in_memory() == 0);
  CHECK(ada->texts().back() == "Once upon a time.");
  const auto late = tell_only(which, talk::say{"c9", "Late", {}});
  advance(10s);
  CHECK(late->value().outcome == status::ended);
}
