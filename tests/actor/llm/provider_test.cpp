#include <catch2/catch_test_macros.hpp>

#include "provider_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using net::llm::chat_fault;
using fixture = testing::provider_fixture;

TEST_CASE_METHOD(fixture, "a reply comes back with what it cost") {
  auto p = make();
  call(p, "a", "hello");
  CHECK(started == 1);
  client->answer("hi");
  run();
  REQUIRE(outcomes.size() == 1);
  const auto& reply = std::get<model_reply>(outcomes[0]);
  CHECK(reply.text == "hi");
  CHECK(reply.provider == "p");
  CHECK(reply.cost == (1'000 * 2.0 + 500 * 10.0) / 1e6);
  CHECK(metrics.render().find(R"(troupe_llm_tokens_total{kind="input",model="model-1",provider="p"} 1000)")
        != std::string::npos);
}

TEST_CASE_METHOD(fixture, "calls beyond the limit wait, and tenants take turns") {
  auto p = make();
  call(p, "a", "a1");
  call(p, "a", "a2");
  call(p, "a", "a3");
  call(p, "b", "b1");
  CHECK(client->asked == std::vector<std::string>{"a1"});
  for (int i = 0; i < 4; ++i) {
    client->answer("ok");
    run();
  }
  CHECK(client->asked == std::vector<std::string>{"a1", "a2", "b1", "a3"});
  CHECK(outcomes.size() == 4);
}

TEST_CASE_METHOD(fixture, "a call that fails for a while is tried again, three times in all") {
  auto p = make();
  call(p, "a", "x");
  for (int i = 0; i < 3; ++i) {
    REQUIRE(client->open() == 1);
    client->fail(chat_fault::unavailable);
    advance(10s);
  }
  CHECK(client->open() == 0);
  REQUIRE(outcomes.size() == 1);
  CHECK(std::get<model_failure>(outcomes[0]).detail == "p: the stand-in said so");
}

TEST_CASE_METHOD(fixture, "the wait that a provider asks for is kept") {
  auto p = make();
  call(p, "a", "x");
  client->fail(chat_fault::rate_limited, 20s);
  advance(19s);
  CHECK(client->open() == 0);
  advance(1s);
  CHECK(client->open() == 1);
}

TEST_CASE_METHOD(fixture, "a call in back-off doesn't hold the place of others") {
  auto p = make();
  call(p, "a", "x");
  client->fail(chat_fault::rate_limited, 20s);
  run();
  call(p, "b", "y");
  CHECK(client->asked.back() == "y");
}

TEST_CASE_METHOD(fixture, "what a provider refuses for good isn't asked again") {
  auto p = make();
  call(p, "a", "x");
  client->fail(chat_fault::refused);
  advance(60s);
  CHECK(client->asked.size() == 1);
  REQUIRE(outcomes.size() == 1);
  CHECK(failed(0));
}

TEST_CASE_METHOD(fixture, "a call that finds the queue full fails at once") {
  auto with = settings();
  with.queue_limit = 1;
  auto p = make(with);
  call(p, "a", "runs");
  call(p, "a", "waits");
  call(p, "a", "too much");
  REQUIRE(outcomes.size() == 1);
  CHECK(std::get<model_failure>(outcomes[0]).detail == "p: its queue is full");
}

TEST_CASE_METHOD(fixture, "five failures in a row open the circuit; a probe after half a minute closes it") {
  auto with = settings();
  with.attempts = 1;
  auto p = make(with);
  for (int i = 0; i < 5; ++i) {
    call(p, "a", "x");
    client->fail(chat_fault::unavailable);
    run();
  }
  call(p, "a", "refused by the circuit");
  CHECK(client->open() == 0);
  REQUIRE(outcomes.size() == 6);
  CHECK(std::get<model_failure>(outcomes[5]).detail.starts_with("p: its circuit is open after: "));
  CHECK(metrics.render().find(R"(troupe_circuit_state{target="p"} 2)") != std::string::npos);
  advance(30s);
  call(p, "a", "probe");
  client->answer("well again");
  run();
  CHECK_FALSE(failed(6));
  call(p, "a", "as before");
  CHECK(client->open() == 1);
  CHECK(metrics.render().find(R"(troupe_circuit_state{target="p"} 0)") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "rate limits don't open the circuit") {
  auto with = settings();
  with.attempts = 1;
  auto p = make(with);
  for (int i = 0; i < 10; ++i) {
    call(p, "a", "x");
    client->fail(chat_fault::rate_limited);
    run();
  }
  call(p, "a", "still asked");
  CHECK(client->open() == 1);
}

TEST_CASE_METHOD(fixture, "open calls fail, and are broken off, when their provider's actor ends") {
  auto p = make();
  call(p, "a", "running");
  call(p, "a", "waiting");
  caf::anon_send_exit(p, caf::exit_reason::kill);
  p = nullptr;
  run();
  CHECK(client->open() == 0);
  REQUIRE(outcomes.size() == 2);
  CHECK(failed(0));
  CHECK(failed(1));
}

TEST_CASE_METHOD(fixture, "an attempt gets the smaller of the provider's limit and what is left of the call's") {
  auto with = settings();
  with.timeout = 20s;
  auto p = make(with);
  call(p, "a", "x", 15s);
  CHECK(client->limits.back() == 15s);
  client->fail(chat_fault::rate_limited, 5s);
  advance(6s);
  REQUIRE(client->limits.size() == 2);
  CHECK(client->limits.back() <= 10s);
  client->answer("ok");
  call(p, "a", "y", 60s);
  CHECK(client->limits.back() == 20s);
}

TEST_CASE_METHOD(fixture, "a call's time begins with its first attempt and is handed on") {
  auto p = make();
  call(p, "a", "runs");
  call(p, "a", "waits", 10s);
  advance(20s);
  const auto begun = time->monotonic();
  client->answer("ok");
  run();
  CHECK(started == 2);
  CHECK(client->limits.back() == 10s);
  client->fail(chat_fault::refused);
  run();
  CHECK(deadlines->at(1) == begun + 10s);
}

TEST_CASE_METHOD(fixture, "a wait that leaves no time for another attempt ends the call at once") {
  auto p = make();
  call(p, "a", "x", 30s);
  client->fail(chat_fault::rate_limited, 40s);
  run();
  REQUIRE(outcomes.size() == 1);
  CHECK(failed(0));
}

TEST_CASE_METHOD(fixture, "a call that waits for another turn ends with its time") {
  auto p = make();
  call(p, "a", "x", 10s);
  client->fail(chat_fault::rate_limited, 5s);
  run();
  call(p, "b", "holds the only place");
  advance(10s);
  REQUIRE(outcomes.size() == 1);
  CHECK(failure(0) == "p: the call's time limit passed while it waited");
}

TEST_CASE_METHOD(fixture, "a call whose time another provider has used up isn't made") {
  auto p = make();
  call(p, "a", "x", 30s, {}, time->monotonic() + 10ms);
  CHECK(client->asked.empty());
  REQUIRE(outcomes.size() == 1);
  CHECK(failure(0) == "p: the call's time limit leaves no time for it");
  CHECK(started == 0);
}

TEST_CASE_METHOD(fixture, "a provider isn't blamed for an attempt that others left little time") {
  auto with = settings();
  with.attempts = 1;
  auto p = make(with);
  for (int i = 0; i < 6; ++i) {
    call(p, "a", "x", 30s, {}, time->monotonic() + 5s);
    REQUIRE(client->open() == 1);
    advance(5s);
    client->fail(chat_fault::unavailable);
    run();
  }
  call(p, "a", "still asked");
  CHECK(client->open() == 1);
}

TEST_CASE_METHOD(fixture, "a provider isn't blamed for a call whose job has next to no time left") {
  auto with = settings();
  with.attempts = 1;
  auto p = make(with);
  for (int i = 0; i < 6; ++i) {
    call(p, "a", "x", 7ms);
    REQUIRE(client->open() == 1);
    advance(7ms);
    client->fail(chat_fault::unavailable);
    run();
  }
  call(p, "a", "still asked");
  CHECK(client->open() == 1);
}

TEST_CASE_METHOD(fixture, "a call that is taken back while it is under way is broken off and not repeated") {
  auto p = make();
  std::stop_source caller;
  call(p, "a", "x", 30s, caller.get_token());
  caller.request_stop();
  advance(60s);
  CHECK(client->open() == 0);
  CHECK(client->asked.size() == 1);
  REQUIRE(outcomes.size() == 1);
  CHECK(failed(0));
  call(p, "a", "has room");
  CHECK(client->open() == 1);
  CHECK(metrics.render().find(R"(troupe_llm_calls_total{outcome="cancelled",provider="p"} 1)") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "a call that is taken back while it waits or backs off isn't made") {
  auto p = make();
  std::stop_source backing_off, waiting;
  call(p, "a", "backs off", 30s, backing_off.get_token());
  client->fail(chat_fault::unavailable, 1s);
  run();
  call(p, "a", "runs");
  call(p, "a", "waits", 30s, waiting.get_token());
  backing_off.request_stop();
  waiting.request_stop();
  advance(5s);
  client->answer("ok");
  advance(20s);
  CHECK(client->asked == std::vector<std::string>{"backs off", "runs"});
  CHECK(outcomes.size() == 3);
}

TEST_CASE_METHOD(fixture, "a probe that is taken back leaves the next call to probe") {
  auto with = settings();
  with.attempts = 1;
  auto p = make(with);
  for (int i = 0; i < 5; ++i) {
    call(p, "a", "x");
    client->fail(chat_fault::unavailable);
    run();
  }
  advance(30s);
  std::stop_source caller;
  call(p, "a", "probe", 30s, caller.get_token());
  caller.request_stop();
  run();
  call(p, "a", "another probe");
  CHECK(client->open() == 1);
}

TEST_CASE("back-off grows, jitters and never undercuts what was asked for") {
  CHECK(call_backoff(1, 0.0, 0ms) == 0ms);
  CHECK(call_backoff(1, 1.0, 0ms) == 500ms);
  CHECK(call_backoff(3, 1.0, 0ms) == 2'000ms);
  CHECK(call_backoff(20, 1.0, 0ms) == 8'000ms);
  CHECK(call_backoff(1, 0.5, 3s) == 3s);
}

TEST_CASE_METHOD(fixture, "a provider that hangs leaves a third of the time to those that follow it") {
  auto p = make();
  call(p, "a", "hello", 30s, {}, {}, false);
  REQUIRE(client->limits.size() == 1);
  CHECK(client->limits[0] == 20s);
  advance(20s);
  client->fail(chat_fault::unavailable);
  run();
  REQUIRE(outcomes.size() == 1);
  CHECK(failed(0));
  CHECK(client->limits.size() == 1);
  CHECK(*deadlines->at(0) - time->monotonic() == 10s);
}
