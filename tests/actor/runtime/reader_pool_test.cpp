#include "actors/runtime/reader_pool.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/actor/runtime/engine_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;
using storage::fault;

namespace {

/// Counts what became of tasks.
struct outcome {
  int read = 0;
  std::vector<fault> faults;

  void ask(reader_pool& pool) {
    pool.run(
        [this](storage::reader& db) {
          db.tenants_version();
          ++read;
        },
        [this](const storage::error& e) { faults.push_back(e.kind()); });
  }
};

} // namespace

TEST_CASE_METHOD(engine_fixture, "a reader opens the database when it is first needed, and once") {
  start_reader();
  run();
  CHECK(store->readers_opened() == 0);
  outcome seen;
  seen.ask(*readers);
  seen.ask(*readers);
  run();
  CHECK(seen.read == 2);
  CHECK(store->readers_opened() == 1);
}

TEST_CASE_METHOD(engine_fixture, "tasks wait for a free reader") {
  outcome seen;
  seen.ask(*readers);
  run();
  CHECK(seen.read == 0);
  CHECK(readers->depth() == 1);
  start_reader();
  run();
  CHECK(seen.read == 1);
  CHECK(readers->depth() == 0);
}

TEST_CASE_METHOD(engine_fixture, "several readers leave nothing undone") {
  start_reader();
  start_reader();
  run();
  outcome seen;
  seen.ask(*readers);
  seen.ask(*readers);
  run();
  CHECK(seen.read == 2);
  seen.ask(*readers);
  run();
  CHECK(seen.read == 3);
}

TEST_CASE_METHOD(engine_fixture, "a long queue is served over several turns") {
  auto pool = std::make_shared<reader_pool>(100);
  outcome seen;
  for (int i = 0; i < 40; ++i)
    seen.ask(*pool);
  spawn({.name = "reader"}, actors::reader, pool, [db = store] { return db->open_reader(); });
  run();
  CHECK(seen.read == 40);
}

TEST_CASE_METHOD(engine_fixture, "above its limit the pool refuses at once") {
  outcome seen;
  for (int i = 0; i < 5; ++i)
    seen.ask(*readers);
  CHECK(seen.faults == std::vector{fault::unavailable});
}

TEST_CASE_METHOD(engine_fixture, "a fault goes to its task, and the connection is opened anew") {
  start_reader();
  store->fail_reads(1);
  outcome seen;
  seen.ask(*readers);
  seen.ask(*readers);
  run();
  CHECK(seen.faults == std::vector{fault::unavailable});
  CHECK(seen.read == 1);
  CHECK(store->readers_opened() == 2);
  CHECK(metrics.render().find("troupe_reader_faults_total 1") != std::string::npos);
}

TEST_CASE_METHOD(engine_fixture, "a fault that isn't the connection's keeps the connection") {
  start_reader();
  store->fail_reads(1, fault::refused);
  outcome seen;
  seen.ask(*readers);
  seen.ask(*readers);
  run();
  CHECK(seen.faults == std::vector{fault::refused});
  CHECK(store->readers_opened() == 1);
}

TEST_CASE_METHOD(engine_fixture, "a database that can't be opened fails the task and not the reader") {
  start_reader();
  store->fail_opens(1);
  outcome seen;
  seen.ask(*readers);
  seen.ask(*readers);
  run();
  CHECK(seen.faults == std::vector{fault::unavailable});
  CHECK(seen.read == 1);
}

TEST_CASE_METHOD(engine_fixture, "a task that crashes a reader is told, and the next reader goes on") {
  auto first = start_reader();
  run();
  watch(first);
  store->crash_next_read();
  outcome seen;
  seen.ask(*readers);
  seen.ask(*readers);
  run();
  CHECK(describe(reason_of_end()) == "crashed: a bug in storage");
  CHECK(seen.faults == std::vector{fault::unavailable});
  CHECK(seen.read == 0);
  start_reader();
  run();
  CHECK(seen.read == 1);
}

TEST_CASE_METHOD(engine_fixture, "a reader that has ended gets no more work") {
  auto first = start_reader();
  run();
  caf::anon_send_exit(first, caf::exit_reason::user_shutdown);
  run();
  outcome seen;
  seen.ask(*readers);
  run();
  CHECK(readers->depth() == 1);
  start_reader();
  run();
  CHECK(seen.read == 1);
}

TEST_CASE_METHOD(engine_fixture, "a closed pool refuses what waits and what comes") {
  outcome seen;
  seen.ask(*readers);
  readers->close();
  seen.ask(*readers);
  CHECK(seen.faults == std::vector{fault::unavailable, fault::unavailable});
}
