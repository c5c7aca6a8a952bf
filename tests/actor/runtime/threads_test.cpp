#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "actors/runtime/supervisor.hpp"
#include "actors/runtime/system_config.hpp"
#include "tests/actor/runtime/engine_fixture.hpp"

// The same parts on real threads, as the engine runs them. Nothing here depends on time.
using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;

namespace {

/// Answers each announcement with one more addition until the sum is reached, then closes: from other threads.
class driver final : public effect_runner<counter> {
public:
  explicit driver(int target) : target_{target} {}

  void run(counter::effect what, feedback<counter> answer) override {
    if (auto* sum = std::get_if<counter::announce>(&what))
      answer(sum->sum < target_ ? counter::command{counter::add{1}} : counter::command{counter::close{}});
  }

private:
  int target_;
};

struct machine {
  std::shared_ptr<memory_store> store = memory_store::make();
  config::metrics metrics;
  std::shared_ptr<system_clock> time = std::make_shared<system_clock>();
  std::shared_ptr<system_random> chance = std::make_shared<system_random>();
  std::shared_ptr<journal_queue> journal = std::make_shared<journal_queue>();
  std::shared_ptr<reader_pool> readers = std::make_shared<reader_pool>();
  std::shared_ptr<timer_queue> timers = std::make_shared<timer_queue>();
  system_config config{2};
  caf::actor_system system{config};
  caf::actor root;

  machine() {
    auto writer = [this](caf::actor_system& sys) {
      return caf::actor_cast<caf::actor>(spawn_named(
          sys, {.name = "journal_writer", .detached = true}, journal_writer, journal,
          [db = store] { return db->open_writer(); }, std::shared_ptr<const actors::clock>{time},
          std::make_shared<journal_probe>(metrics)));
    };
    auto reads = [this](caf::actor_system& sys) {
      return caf::actor_cast<caf::actor>(spawn_named(sys, {.name = "reader", .detached = true}, reader, readers,
                                                     [db = store] { return db->open_reader(); }));
    };
    auto keeper = [this](caf::actor_system& sys) { return spawn_named(sys, {.name = "timers"}, timer_keeper, timers); };
    std::vector<child_spec> specs(4);
    specs[0].name = "journal_writer";
    specs[0].start = writer;
    specs[1].name = "reader-1";
    specs[1].start = reads;
    specs[2].name = "reader-2";
    specs[2].start = reads;
    specs[3].name = "timers";
    specs[3].start = keeper;
    supervisor_settings patient;
    patient.max_restarts = 100;
    patient.backoff_base = 1ms;
    patient.backoff_limit = 2ms;
    root = caf::actor_cast<caf::actor>(spawn_named(system, {.name = "root"}, supervisor, patient, std::move(specs),
                                                   std::reference_wrapper<actors::random>{*chance}, nullptr));
  }

  std::shared_ptr<const entity_services<counter>> services(int target) {
    auto result = std::make_shared<entity_services<counter>>();
    result->core = std::make_shared<counter::settings>();
    result->time = time;
    result->chance = chance;
    result->journal = journal;
    result->readers = readers;
    result->timers = timers;
    result->effects = std::make_shared<driver>(target);
    result->settings.backoff_base = 1ms;
    result->settings.backoff_limit = 2ms;
    return result;
  }

  void run_entities(int entities, int target) {
    auto shared = services(target);
    caf::scoped_actor watcher{system, true};
    for (int i = 0; i < entities; ++i) {
      auto job = spawn_entity<counter>(
          system, shared, {{"acme", storage::entity_kind::ticket_job, std::to_string(i)}, std::nullopt, nullptr, {}});
      watcher->monitor(job);
      tell<counter>(job, counter::add{1});
    }
    for (int i = 0; i < entities; ++i)
      watcher->receive([](caf::down_msg& what) { CHECK(describe(what.reason) == "normal"); });
    for (int i = 0; i < entities; ++i)
      CHECK(store->events({"acme", storage::entity_kind::ticket_job, std::to_string(i)}).size()
            == static_cast<std::size_t>(target) + 1);
  }
};

} // namespace

TEST_CASE("many entities share one writer, and each journal is complete") {
  machine engine;
  engine.run_entities(200, 10);
  CHECK(stop_tree_and_wait(engine.system, std::exchange(engine.root, {}), 1min));
}

TEST_CASE("entities come through while storage fails and the writer crashes and is restarted") {
  machine engine;
  auto commits = std::make_shared<std::atomic<int>>(0);
  engine.store->before_commit([commits, db = engine.store.get()] {
    const auto n = ++*commits;
    if (n % 17 == 0)
      db->fail_writes(1, n % 2 == 0 ? storage::fault::unavailable : storage::fault::full);
    if (n == 40)
      db->crash_next_write();
  });
  engine.run_entities(50, 10);
  engine.store->before_commit({});
  CHECK(stop_tree_and_wait(engine.system, std::exchange(engine.root, {}), 1min));
}

TEST_CASE("readers work side by side") {
  machine engine;
  auto both = std::make_shared<std::latch>(2);
  std::promise<void> first;
  std::promise<void> second;
  for (auto* done : {&first, &second})
    engine.readers->run(
        [both, done](storage::reader&) {
          both->arrive_and_wait();
          done->set_value();
        },
        [](const storage::error&) {});
  first.get_future().get();
  second.get_future().get();
  CHECK(stop_tree_and_wait(engine.system, std::exchange(engine.root, {}), 1min));
}

TEST_CASE("appends from many threads are answered once each") {
  machine engine;
  std::atomic<int> stored{0};
  std::latch answered{400};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i)
        engine.journal->submit(
            make_pending_append(append_to(std::to_string(t) + '-' + std::to_string(i)), [&](append_reply reply) {
              stored += !reply.fault && reply.result.outcome == storage::append_outcome::stored ? 1 : 0;
              answered.count_down();
            }));
    });
  for (auto& thread : threads)
    thread.join();
  answered.wait();
  CHECK(stored == 400);
  CHECK(stop_tree_and_wait(engine.system, std::exchange(engine.root, {}), 1min));
}
