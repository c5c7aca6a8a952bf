#include <catch2/catch_test_macros.hpp>

#include "provider_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using net::llm::chat_fault;
using fixture = testing::provider_fixture;

namespace {

config::provider_settings many_at_a_time() {
  auto result = fixture::settings();
  result.max_concurrency = 100;
  result.max_tokens = 100;
  return result;
}

net::llm::chat_reply told(net::llm::rate_limits limits) {
  net::llm::chat_reply result{"ok", "stop", "model-1", 10, 5};
  result.limits = limits;
  return result;
}

/// Goes on whenever somebody looks, as real ones do.
class running_clock final : public actors::clock {
public:
  storage::timestamp now() const noexcept override {
    return stopped_.now();
  }
  std::chrono::nanoseconds monotonic() const noexcept override {
    stopped_.advance(1us);
    return stopped_.monotonic();
  }

private:
  mutable manual_clock stopped_;
};

} // namespace

TEST_CASE_METHOD(fixture, "where nothing limits calls, time that passes while one begins is no reason to refuse it") {
  auto p = make(many_at_a_time(), std::make_shared<running_clock>());
  for (const auto* text : {"1", "2", "3"})
    call(p, "a", text);
  CHECK(client->asked == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE_METHOD(fixture, "no more calls begin in a minute than the settings allow") {
  auto with = many_at_a_time();
  with.requests_per_minute = 2;
  auto p = make(with);
  for (const auto* text : {"1", "2", "3", "4", "5"})
    call(p, "a", text);
  CHECK(client->asked == std::vector<std::string>{"1", "2"});
  advance(59s);
  CHECK(client->asked.size() == 2);
  advance(1s);
  CHECK(client->asked == std::vector<std::string>{"1", "2", "3", "4"});
  advance(60s);
  CHECK(client->asked.size() == 5);
}

TEST_CASE_METHOD(fixture, "no more tokens go out in a minute than the settings allow") {
  auto with = many_at_a_time();
  with.tokens_per_minute = 250;
  auto p = make(with);
  for (const auto* text : {"1", "2", "3"})
    call(p, "a", text);
  CHECK(client->asked == std::vector<std::string>{"1", "2"});
  client->answer(net::llm::chat_reply{"short", "stop", "model-1", 1, 1});
  run();
  CHECK(client->asked == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE_METHOD(fixture, "calls wait while their provider says that nothing is left") {
  auto p = make(many_at_a_time());
  call(p, "a", "1");
  client->answer(told({{std::nullopt, 0, 20s}, {}}));
  run();
  call(p, "a", "2");
  CHECK(client->asked.size() == 1);
  advance(19s);
  CHECK(client->asked.size() == 1);
  advance(1s);
  CHECK(client->asked.size() == 2);
}

TEST_CASE_METHOD(fixture, "a refusal for being too fast tells of limits, too") {
  auto with = many_at_a_time();
  with.attempts = 1;
  auto p = make(with);
  call(p, "a", "1");
  client->answer(net::llm::chat_failure{chat_fault::rate_limited, "HTTP 429", {}, true, {{}, {std::nullopt, 0, 10s}}});
  run();
  call(p, "a", "2");
  CHECK(client->asked.size() == 1);
  advance(10s);
  CHECK(client->asked.size() == 2);
}

TEST_CASE_METHOD(fixture, "a call for which another provider is left doesn't wait for long until this one has room") {
  auto p = make(many_at_a_time());
  call(p, "a", "1");
  client->answer(told({{std::nullopt, 0, 50s}, {}}));
  run();
  call(p, "a", "2", 30s, {}, {}, false);
  REQUIRE(outcomes.size() == 2);
  CHECK(failure(1) == "p: its limit per minute leaves no room for another 50 s");
  call(p, "a", "3", 60s, {}, {}, false);
  CHECK(outcomes.size() == 2);
  advance(50s);
  CHECK(client->asked.back() == "3");
}

TEST_CASE_METHOD(fixture, "tenants share a provider by what their calls cost") {
  auto p = make();
  call(p, "c", "runs");
  const std::string large(40'000, 'x');
  for (int i = 0; i < 3; ++i)
    call(p, "large", large);
  for (int i = 0; i < 8; ++i)
    call(p, "small", "s");
  for (int i = 0; i < 12; ++i) {
    client->answer("ok");
    run();
  }
  // Some 11,500 tokens of the one against 1,500 of the other.
  REQUIRE(client->asked.size() == 12);
  CHECK(client->asked[1] == large);
  for (std::size_t i = 2; i < 10; ++i)
    CHECK(client->asked[i] == "s");
  CHECK(client->asked[10] == large);
  CHECK(client->asked[11] == large);
}

TEST_CASE_METHOD(fixture, "a call that waits for its first turn for too long fails") {
  auto with = settings();
  with.queue_timeout = 60s;
  auto p = make(with);
  call(p, "a", "runs", 300s);
  advance(30s);
  call(p, "a", "waits");
  call(p, "b", "waits, too");
  advance(59s);
  CHECK(outcomes.empty());
  advance(1s);
  REQUIRE(outcomes.size() == 2);
  CHECK(failure(0) == "p: no turn came within its queue's time limit");
  CHECK(started == 1);
  client->answer("ok");
  run();
  call(p, "a", "is asked at once");
  CHECK(client->asked.back() == "is asked at once");
}

TEST_CASE_METHOD(fixture, "a call that waits doesn't hold back those whose circuit is open") {
  auto with = many_at_a_time();
  with.attempts = 1;
  with.requests_per_minute = 5;
  auto p = make(with);
  for (int i = 0; i < 5; ++i) {
    call(p, "a", "x");
    client->fail(chat_fault::unavailable);
    run();
  }
  call(p, "a", "next");
  REQUIRE(outcomes.size() == 6);
  CHECK(failure(5).starts_with("p: its circuit is open after: "));
}

TEST_CASE_METHOD(fixture, "a provider that fails every other call is left alone after a while") {
  auto with = settings();
  with.attempts = 1;
  auto p = make(with);
  for (int i = 0; i < 10; ++i) {
    call(p, "a", "x");
    client->answer("ok");
    run();
    call(p, "a", "x");
    client->fail(chat_fault::unavailable);
    run();
  }
  call(p, "a", "refused by the circuit");
  REQUIRE(outcomes.size() == 21);
  CHECK(failure(20).starts_with("p: its circuit is open after: "));
}

TEST_CASE_METHOD(fixture, "a provider that swallows every call harms no other one, nor the memory") {
  auto with = settings();
  with.max_concurrency = 64;
  with.queue_limit = 1'000;
  with.attempts = 1;
  auto black_hole = make(with);
  const auto swallowing = client;
  for (int i = 0; i < 1'100; ++i)
    call(black_hole, "t" + std::to_string(i % 7), "swallowed");
  CHECK(swallowing->open() == 64);
  REQUIRE(outcomes.size() == 36);
  for (std::size_t i = 0; i < 36; ++i)
    CHECK(failure(i) == "p: its queue is full");

  client = std::make_shared<testing::manual_client>();
  auto well = make();
  for (int i = 0; i < 100; ++i) {
    call(well, "a", "answered");
    client->answer("ok");
    run();
    REQUIRE(outcomes.size() == 37U + static_cast<unsigned>(i));
    CHECK_FALSE(failed(outcomes.size() - 1));
  }
  CHECK(well != black_hole);

  advance(30s);
  while (swallowing->open() > 0) {
    swallowing->fail(chat_fault::unavailable);
    run();
  }
  CHECK(swallowing->asked.size() == 64 + 4); // the fifth failure opens the circuit
  CHECK(outcomes.size() == 36 + 100 + 1'064);
}
