#include "net/http/deadline_wheel.hpp"

#include <functional>
#include <memory>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using troupe::net::http::deadline_wheel;

namespace {

struct alarm_clock final : deadline_wheel::entry {
  explicit alarm_clock(std::function<void()> f = {}) : ring{std::move(f)} {}
  void on_deadline() override {
    ++rings;
    if (ring)
      ring();
  }
  int rings = 0;
  std::function<void()> ring;
};

/// A wheel on a clock that moves only when told to: the context never runs.
struct fixture {
  boost::asio::io_context context;
  deadline_wheel wheel{context};
  deadline_wheel::time_point begin = deadline_wheel::clock::now();

  void advance_to(deadline_wheel::clock::duration after) {
    wheel.advance(begin + after);
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a deadline is met at most a tick late and never early") {
  alarm_clock a;
  wheel.set(a, begin + 100ms);
  advance_to(99ms);
  CHECK(a.rings == 0);
  advance_to(100ms + deadline_wheel::tick);
  CHECK(a.rings == 1);
  advance_to(1h);
  CHECK(a.rings == 1);
}

TEST_CASE_METHOD(fixture, "a deadline can be moved, later and earlier, and taken away") {
  alarm_clock later;
  alarm_clock earlier;
  alarm_clock cleared;
  for (auto* a : {&later, &earlier, &cleared})
    wheel.set(*a, begin + 1s);
  wheel.set(later, begin + 5s);
  wheel.set(earlier, begin + 200ms);
  deadline_wheel::clear(cleared);
  advance_to(500ms);
  CHECK(earlier.rings == 1);
  advance_to(4s);
  CHECK(later.rings == 0);
  advance_to(6s);
  CHECK(later.rings == 1);
  CHECK(cleared.rings == 0);
}

TEST_CASE_METHOD(fixture, "a cleared deadline can be set again before the wheel comes by") {
  alarm_clock a;
  wheel.set(a, begin + 1s);
  deadline_wheel::clear(a);
  wheel.set(a, begin + 2s);
  advance_to(1500ms);
  CHECK(a.rings == 0);
  advance_to(2500ms);
  CHECK(a.rings == 1);
}

TEST_CASE_METHOD(fixture, "a deadline beyond one turn of the wheel is met in its time") {
  alarm_clock a;
  wheel.set(a, begin + 75s);
  for (auto t = 0s; t < 75s; ++t)
    advance_to(t);
  CHECK(a.rings == 0);
  advance_to(75s + 1s);
  CHECK(a.rings == 1);
}

TEST_CASE_METHOD(fixture, "nothing is lost when the wheel falls far behind") {
  std::vector<std::unique_ptr<alarm_clock>> all;
  for (int i = 0; i < 3'000; ++i)
    wheel.set(*all.emplace_back(std::make_unique<alarm_clock>()), begin + i * 10ms);
  advance_to(1h);
  for (auto& a : all)
    REQUIRE(a->rings == 1);
}

TEST_CASE_METHOD(fixture, "what rings may set itself again, set others, and end") {
  alarm_clock again;
  again.ring = [&] {
    if (again.rings < 3)
      wheel.set(again, begin + again.rings * 1s + 1s);
  };
  auto mortal = std::make_unique<alarm_clock>();
  mortal->ring = [&] { mortal.reset(); };
  alarm_clock killer{[&] { mortal.reset(); }};
  wheel.set(again, begin + 500ms);
  wheel.set(*mortal, begin + 700ms);
  wheel.set(killer, begin + 700ms);
  advance_to(10s);
  advance_to(20s);
  advance_to(30s);
  CHECK(again.rings == 3);
  CHECK(killer.rings == 1);
  CHECK_FALSE(mortal);
}

TEST_CASE_METHOD(fixture, "an entry leaves the wheel when it is destroyed") {
  {
    alarm_clock gone;
    wheel.set(gone, begin + 100ms);
  }
  advance_to(1s);
}

TEST_CASE("an entry may outlive the wheel") {
  alarm_clock a;
  boost::asio::io_context context;
  {
    deadline_wheel wheel{context};
    wheel.set(a, 1s);
  }
  CHECK(a.rings == 0);
}

TEST_CASE("the wheel wakes its context by itself") {
  boost::asio::io_context context;
  deadline_wheel wheel{context};
  alarm_clock first;
  alarm_clock second{[&] { context.stop(); }};
  wheel.set(second, 30ms);
  wheel.set(first, 1ms);
  context.run();
  CHECK(first.rings == 1);
  CHECK(second.rings == 1);
}
