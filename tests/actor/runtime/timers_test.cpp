#include "actors/runtime/timers.hpp"

#include <vector>

#include <caf/event_based_actor.hpp>
#include <catch2/catch_test_macros.hpp>

#include "tests/support/actor_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe::actors;
using troupe::testing::actor_fixture;

namespace {

struct fixture : actor_fixture {
  std::shared_ptr<timer_queue> timers = std::make_shared<timer_queue>();
  caf::actor keeper = spawn(actor_options{.name = "timers"}, timer_keeper, timers);
  std::vector<std::uint64_t> fired;

  caf::actor sleeper = spawn(
      [this](caf::event_based_actor*) -> caf::behavior { return {[this](timer_due x) { fired.push_back(x.token); }}; });
};

} // namespace

TEST_CASE_METHOD(fixture, "timers fire in the order of their time and not before it") {
  const auto late = timers->set(sleeper, 20ms);
  const auto early = timers->set(sleeper, 10ms);
  advance(9ms);
  CHECK(fired.empty());
  advance(1ms);
  CHECK(fired == std::vector{early.token});
  advance(10ms);
  CHECK(fired == std::vector{early.token, late.token});
  CHECK(timers->size() == 0);
}

TEST_CASE_METHOD(fixture, "a timer that was taken back lets go of its actor at once") {
  const auto timer = timers->set(sleeper, 10ms);
  CHECK(timers->cancel(timer));
  CHECK(timers->size() == 0);
  CHECK_FALSE(timers->cancel(timer));
  advance(20ms);
  CHECK(fired.empty());
}

TEST_CASE_METHOD(fixture, "timers of one moment are told apart") {
  const auto one = timers->set(sleeper, 10ms);
  const auto two = timers->set(sleeper, 10ms);
  CHECK(one.token != two.token);
  CHECK(timers->cancel(one));
  advance(10ms);
  CHECK(fired == std::vector{two.token});
}

TEST_CASE_METHOD(fixture, "timers outlive the crash of their keeper") {
  const auto timer = timers->set(sleeper, 10ms);
  run();
  caf::anon_send_exit(keeper, caf::exit_reason::kill);
  advance(5ms);
  spawn(actor_options{.name = "timers"}, timer_keeper, timers);
  advance(5ms);
  CHECK(fired == std::vector{timer.token});
}

TEST_CASE_METHOD(fixture, "timers that came due while there was no keeper fire when there is one") {
  run();
  caf::anon_send_exit(keeper, caf::exit_reason::kill);
  run();
  const auto timer = timers->set(sleeper, 10ms);
  advance(50ms);
  CHECK(fired.empty());
  timers->fire();
  CHECK(fired.empty());
  spawn(actor_options{.name = "timers"}, timer_keeper, timers);
  advance(0ms);
  CHECK(fired == std::vector{timer.token});
}

TEST_CASE_METHOD(fixture, "an earlier timer wakes the keeper earlier, and the later one isn't forgotten") {
  timers->set(sleeper, 100ms);
  advance(50ms);
  timers->set(sleeper, 10ms);
  advance(10ms);
  CHECK(fired.size() == 1);
  advance(40ms);
  CHECK(fired.size() == 2);
}

namespace {

struct beating_state {
  std::unique_ptr<ticker> beat;
  int beats = 0;
};

struct beat_fixture : actor_fixture {
  int beats = 0;

  caf::actor heart = spawn([this](caf::stateful_actor<beating_state>* self) -> caf::behavior {
    self->state.beat = std::make_unique<ticker>(self, 1s);
    return {
        [=, this](tick what) {
          if (self->state.beat->accept(what))
            ++beats;
        },
        [self](caf::open_atom) { self->state.beat->start(); },
        [self](caf::close_atom) { self->state.beat->stop(); },
        [self](caf::get_atom) { return self->state.beat->running(); },
    };
  });
};

} // namespace

TEST_CASE_METHOD(beat_fixture, "a ticker beats from start to stop") {
  advance(5s);
  CHECK(beats == 0);
  caf::anon_send(heart, caf::open_atom::value);
  advance(3s);
  CHECK(beats == 3);
  auto asked = ask(heart, caf::get_atom::value);
  run();
  CHECK(answer<bool>(asked) == true);
  caf::anon_send(heart, caf::close_atom::value);
  advance(3s);
  CHECK(beats == 3);
}

TEST_CASE_METHOD(beat_fixture, "a ticker that is started again doesn't beat twice") {
  caf::anon_send(heart, caf::open_atom::value);
  advance(500ms);
  caf::anon_send(heart, caf::open_atom::value);
  advance(1s);
  CHECK(beats == 1);
  caf::anon_send(heart, caf::close_atom::value);
  run();
}
