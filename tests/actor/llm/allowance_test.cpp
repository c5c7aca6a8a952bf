#include "actors/llm/allowance.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;

namespace {

constexpr std::chrono::nanoseconds start = 1'000s;

net::llm::rate_limits left(std::uint64_t requests, std::chrono::milliseconds reset,
                           std::optional<std::uint64_t> limit = {}) {
  return {{limit, requests, reset}, {}};
}

} // namespace

TEST_CASE("without limits calls start at once") {
  allowance all;
  for (int i = 0; i < 1'000; ++i) {
    CHECK(all.ready_at(start, 1'000'000) <= start);
    all.start(start, 1'000'000);
  }
}

TEST_CASE("no minute has more calls than are allowed") {
  allowance two{{.requests = 2}};
  two.start(start, 1);
  two.start(start + 10s, 1);
  CHECK(two.ready_at(start + 20s, 1) == start + 60s);
  CHECK(two.ready_at(start + 60s, 1) <= start + 60s);
  two.start(start + 60s, 1);
  CHECK(two.ready_at(start + 61s, 1) == start + 70s);
}

TEST_CASE("no minute has more tokens than are allowed, as far as they are known") {
  allowance thousand{{.tokens = 1'000}};
  const auto first = thousand.start(start, 600);
  CHECK(thousand.ready_at(start + 1s, 400) <= start + 1s);
  CHECK(thousand.ready_at(start + 1s, 401) == start + 60s);
  thousand.settle(first, 100);
  CHECK(thousand.ready_at(start + 1s, 900) <= start + 1s);
  thousand.settle(first, 1'000);
  CHECK(thousand.ready_at(start + 1s, 1) == start + 60s);
}

TEST_CASE("a call that is beyond all limits by itself is let through alone") {
  allowance thousand{{.tokens = 1'000}};
  CHECK(thousand.ready_at(start, 5'000) <= start);
  thousand.start(start, 5'000);
  CHECK(thousand.ready_at(start, 1) == start + 60s);
  allowance told;
  told.learn(told.start(start, 1), {{}, {1'000, 1'000, 0ms}});
  CHECK(told.ready_at(start, 5'000) <= start + 1s);
}

TEST_CASE("what a provider says is left is kept to, until it is whole again") {
  allowance all;
  const auto first = all.start(start, 10);
  all.learn(first, left(1, 30s));
  CHECK(all.ready_at(start, 10) <= start);
  all.start(start, 10);
  CHECK(all.ready_at(start + 1s, 10) == start + 30s);
  CHECK(all.ready_at(start + 30s, 10) <= start + 30s);
}

TEST_CASE("a limit that is told fills up evenly") {
  allowance all;
  all.learn(all.start(start, 10), left(0, 60s, 60));
  CHECK(all.ready_at(start, 10) == start + 1s);
  CHECK(all.ready_at(start + 1s, 10) <= start + 1s);
  all.start(start + 1s, 10);
  CHECK(all.ready_at(start + 1s, 10) == start + 2s);
}

TEST_CASE("calls that started later aren't counted in what is left, and old news is no news") {
  allowance all;
  const auto first = all.start(start, 10);
  const auto second = all.start(start + 1s, 10);
  all.learn(first, left(1, 30s));
  CHECK(all.ready_at(start + 2s, 10) == start + 30s);
  all.learn(second, left(5, 30s));
  CHECK(all.ready_at(start + 2s, 10) <= start + 2s);
  all.learn(first, left(0, 30s));
  CHECK(all.ready_at(start + 2s, 10) <= start + 2s);
}

TEST_CASE("tokens that a provider says are left are kept to") {
  allowance all;
  all.learn(all.start(start, 500), {{}, {std::nullopt, 100, 20s}});
  CHECK(all.ready_at(start, 100) <= start);
  CHECK(all.ready_at(start, 101) == start + 20s);
}
