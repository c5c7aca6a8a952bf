#include "actors/runtime/entity.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/actor/runtime/engine_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;
using status = troupe::actors::command_result::status;

namespace {

/// Counters that are always finished, and are looked at.
struct fixture : entity_fixture<counter> {
  std::chrono::milliseconds linger = 10min;
  std::vector<int> sums;
  /// How often a look was refused; the last ones are when the entities end.
  std::shared_ptr<int> refused = std::make_shared<int>(0);

  entity_actor<counter> start_lingering() {
    auto with = std::make_shared<entity_services<counter>>(*services());
    with->linger = [this] { return linger; };
    auto result = keep(spawn_entity<counter>(sys, with, {key, std::nullopt, nullptr, {}}));
    watch(result);
    run();
    return result;
  }

  void look_at(const entity_actor<counter>& which) {
    caf::anon_send(which,
                   std::make_shared<inspection<counter>>([this](const counter::state& s) { sums.push_back(s.sum); },
                                                         [refused = refused](std::string_view) { ++*refused; }));
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a look sees what the commands before it have made durable, and nothing else") {
  auto job = start_with({});
  std::vector<std::size_t> looks_before_commit;
  store->before_commit([&] { looks_before_commit.push_back(sums.size()); });
  tell(job, counter::add{5});
  look_at(job);
  tell(job, counter::add{2});
  run();
  CHECK(sums == std::vector{5});
  CHECK(looks_before_commit == std::vector<std::size_t>{0, 1});
  look_at(job);
  run();
  CHECK(sums == std::vector{5, 7});
  CHECK(*refused == 0);
}

TEST_CASE_METHOD(fixture, "who looks at an entity that has ended hears it") {
  auto job = start_with({});
  tell(job, counter::close{});
  run();
  look_at(job);
  run();
  CHECK(sums.empty());
  CHECK(*refused == 1);
}

TEST_CASE_METHOD(fixture, "looks are bounded like commands") {
  store->fail_writes(1'000);
  auto job = start_with({});
  tell(job, counter::add{5});
  run();
  for (int i = 0; i < 5; ++i)
    look_at(job);
  run();
  CHECK(*refused == 2);
}

TEST_CASE_METHOD(fixture, "a finished entity that lingers ends once nobody has used it for so long") {
  auto job = start_lingering();
  tell(job, counter::close{});
  run();
  advance(9min);
  look_at(job);
  run();
  advance(9min);
  CHECK_FALSE(something_ended());
  advance(2min);
  CHECK_FALSE(reason_of_end());
  CHECK(timers->size() == 0);
}

TEST_CASE_METHOD(fixture, "an entity that lingers leaves within a minute when there is no room any more") {
  auto job = start_lingering();
  tell(job, counter::close{});
  advance(1min);
  CHECK_FALSE(something_ended());
  linger = 0ms;
  advance(1min);
  CHECK(something_ended());
}

TEST_CASE_METHOD(fixture, "an entity that was told to stop doesn't linger") {
  auto job = start_lingering();
  tell(job, counter::close{});
  run();
  caf::anon_send_exit(job, caf::exit_reason::user_shutdown);
  run();
  CHECK(something_ended());
}
