#include "actors/runtime/fair_queue.hpp"

#include <catch2/catch_test_macros.hpp>

#include "actors/runtime/breaker.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;

TEST_CASE("a fair queue serves its keys in turn, each in order") {
  fair_queue<int> queue{10};
  for (const auto& [key, item] : {std::pair{"a", 1}, {"a", 2}, {"a", 3}, {"b", 4}, {"c", 5}})
    CHECK(queue.push(key, item));
  std::vector<int> served;
  while (auto item = queue.pop())
    served.push_back(*item);
  CHECK(served == std::vector{1, 4, 5, 2, 3});
  CHECK(queue.empty());
}

TEST_CASE("within a key the more urgent goes first") {
  fair_queue<int, 4> queue{10};
  queue.push("a", 1, 0);
  queue.push("a", 2, 3);
  queue.push("a", 3, 3);
  CHECK(queue.pop() == 2);
  CHECK(queue.pop() == 3);
  CHECK(queue.pop() == 1);
}

TEST_CASE("a full fair queue refuses and keeps what it has") {
  fair_queue<int> queue{1};
  CHECK(queue.push("a", 1));
  CHECK_FALSE(queue.push("b", 2));
  CHECK(queue.room() == 0);
  CHECK(queue.pop() == 1);
  CHECK_FALSE(queue.pop());
}

TEST_CASE("keys that may not be served are passed over and keep their turn") {
  fair_queue<int> queue{10};
  queue.push("paused", 1);
  queue.push("b", 2);
  const auto may = [](const std::string& key) { return key != "paused"; };
  CHECK(queue.pop(may) == 2);
  CHECK_FALSE(queue.pop(may));
  CHECK(queue.pop() == 1);
}

TEST_CASE("a probe that never reports doesn't keep a breaker half-open for ever") {
  const storage::timestamp start{1'000s};
  breaker b;
  for (int i = 0; i < 5; ++i)
    b.fail(start);
  CHECK(b.admit(start + 30s));
  CHECK(b.retry_at() == start + 60s);
  CHECK_FALSE(b.admit(start + 59s));
  CHECK(b.admit(start + 60s));
}

TEST_CASE("a breaker opens when half of the last calls failed, though never many in a row") {
  const storage::timestamp start{1'000s};
  breaker b;
  for (int i = 0; i < 9; ++i) {
    b.fail(start);
    b.succeed();
  }
  b.succeed();
  CHECK(b.state() == circuit::closed);
  b.fail(start);
  CHECK(b.state() == circuit::open);
  b.succeed(); // of a call that began before
  CHECK(b.state() == circuit::open);
  CHECK(b.admit(start + 30s));
  b.succeed();
  for (int i = 0; i < 4; ++i)
    b.fail(start + 31s);
  CHECK(b.state() == circuit::closed);
}

TEST_CASE("a breaker opens after failures in a row, lets one probe through, and closes when it succeeds") {
  const storage::timestamp start{1'000s};
  breaker b;
  for (int i = 0; i < 4; ++i)
    b.fail(start);
  b.succeed();
  for (int i = 0; i < 5; ++i) {
    CHECK(b.admit(start));
    b.fail(start);
  }
  CHECK(b.state() == circuit::open);
  CHECK_FALSE(b.admit(start + 29s));
  CHECK(b.retry_at() == start + 30s);
  CHECK(b.admit(start + 30s));
  CHECK_FALSE(b.admit(start + 30s));
  b.fail(start + 31s);
  CHECK_FALSE(b.admit(start + 60s));
  CHECK(b.admit(start + 61s));
  b.succeed();
  CHECK(b.state() == circuit::closed);
  CHECK(b.admit(start + 61s));
}
