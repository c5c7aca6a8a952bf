#include "actors/ticket/retry.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using namespace troupe::actors::ticket;
using troupe::net::desk::desk_fault;

TEST_CASE("full jitter spreads a delay from nothing to its bound") {
  const troupe::config::ticket_workflow settings;
  CHECK(retry_delay(1, {}, 0, settings) == 0ms);
  CHECK(retry_delay(1, {}, 0.5, settings) == 1s);
  CHECK(retry_delay(2, {}, 0.5, settings) == 2s);
  CHECK(retry_delay(3, {}, 0.5, settings) == 4s);
  CHECK(retry_delay(4'000'000'000, {}, 0.5, settings) == 150s);
}

TEST_CASE("a base above the limit is the limit") {
  troupe::config::ticket_workflow settings;
  settings.backoff_base = 10s;
  settings.backoff_limit = 4s;
  CHECK(retry_delay(1, {}, 0.5, settings) == 2s);
}

TEST_CASE("the time that the other side names is a minimum, spread a little, and bounded") {
  const troupe::config::ticket_workflow settings;
  CHECK(retry_delay(1, 60s, 0, settings) == 60s);
  CHECK(retry_delay(1, 60s, 0.5, settings) == 61s);
  CHECK(retry_delay(1, 100h, 0, settings) == 1h);
  CHECK(retry_delay(1, -5s, 0, settings) == 0s);
}

TEST_CASE("only faults that can pass are repeated") {
  CHECK(repeatable(desk_fault::unavailable));
  CHECK(repeatable(desk_fault::rate_limited));
  CHECK(repeatable(desk_fault::unknown_outcome));
  CHECK_FALSE(repeatable(desk_fault::unauthorized));
  CHECK_FALSE(repeatable(desk_fault::not_found));
  CHECK_FALSE(repeatable(desk_fault::refused));
}
