#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "actors/runtime/entity.hpp"
#include "tests/actor/runtime/engine_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;
using status = troupe::actors::command_result::status;
using storage::fault;
using strings = std::vector<std::string>;

namespace {

using fixture = entity_fixture<counter>;

/// Tells what it was woken with.
struct epoch_counter : counter {
  static inline std::vector<std::uint64_t> seen;

  static command wake(std::uint64_t epoch) {
    seen.push_back(epoch);
    return woken{epoch};
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "while storage is unavailable the append is tried again and nothing is lost") {
  auto job = start_with({});
  store->fail_writes(3);
  auto told = tell(job, counter::add{5});
  auto next = tell(job, counter::add{6});
  run();
  CHECK_FALSE(*told);
  CHECK(effects->done.empty());
  advance(1min);
  CHECK((*told)->outcome == status::stored);
  CHECK((*next)->outcome == status::stored);
  CHECK(journaled() == strings{"added", "added"});
  REQUIRE(observed->waits.size() == 3);
  CHECK(observed->waits[0] < 50ms);
  CHECK(observed->waits[2] < 200ms);
}

TEST_CASE_METHOD(fixture, "a full disk is waited for") {
  auto job = start_with({});
  store->fail_writes(1, fault::full);
  auto told = tell(job, counter::add{5});
  advance(1min);
  CHECK((*told)->outcome == status::stored);
}

TEST_CASE_METHOD(fixture, "an append that the full queue refused is tried again") {
  caf::anon_send_exit(writer, caf::exit_reason::kill);
  run();
  std::array<append_probe, 8> others;
  for (std::size_t i = 0; i < others.size(); ++i)
    journal->submit(others[i].make(append_to("other-" + std::to_string(i))));
  auto job = start_with({});
  auto told = tell(job, counter::add{5});
  run();
  CHECK_FALSE(*told);
  CHECK(observed->waits.size() == 1);
  start_writer();
  advance(1min);
  CHECK((*told)->outcome == status::stored);
}

TEST_CASE_METHOD(fixture, "an entity survives the writer's crash and appends by its successor") {
  auto job = start_with({});
  run();
  store->crash_next_write();
  auto told = tell(job, counter::add{5});
  run();
  start_writer();
  advance(1min);
  CHECK((*told)->outcome == status::stored);
}

TEST_CASE_METHOD(fixture, "an entity that was overtaken ends without a word") {
  auto job = start_with({});
  run();
  store->write(append_to("job-1"));
  auto told = tell(job, counter::add{5});
  auto waiting = tell(job, counter::add{6});
  run();
  CHECK(describe(reason_of_end()) == "superseded");
  CHECK((*told)->outcome == status::ended);
  CHECK((*waiting)->outcome == status::ended);
  CHECK(effects->done.empty());
  CHECK(observed->lines.empty());
}

TEST_CASE_METHOD(fixture, "an append that storage refuses for good ends the entity") {
  auto kind = GENERATE(fault::refused, fault::corrupt, fault::wrong_key, fault::newer_schema, fault::older_schema);
  auto job = start_with({});
  run();
  store->fail_writes(1, kind);
  auto told = tell(job, counter::add{5});
  run();
  CHECK(describe(reason_of_end()) == "corrupt: the batch can't be committed");
  CHECK((*told)->outcome == status::ended);
}

TEST_CASE_METHOD(fixture, "a journal that can't be read for now is read later") {
  store->write(append_to("job-1"));
  store->fail_reads(2);
  auto job = start();
  auto told = tell(job, counter::add{5});
  run();
  CHECK_FALSE(*told);
  advance(1min);
  CHECK((*told)->outcome == status::stored);
  CHECK(store->job("acme", "job-1")->ticket_id == "6");
}

TEST_CASE_METHOD(fixture, "a journal that is corrupt ends the entity with the reason") {
  store->fail_reads(1, fault::corrupt);
  start();
  run();
  CHECK(describe(reason_of_end()) == "corrupt: the database can't be read");
}

TEST_CASE_METHOD(fixture, "an event that nobody knows means a corrupt journal") {
  store->write(append_to("job-1", 0, "abducted"));
  auto told = tell(start(), counter::add{1});
  run();
  CHECK(describe(reason_of_end()) == "corrupt: no event is called abducted");
  CHECK((*told)->outcome == status::ended);
}

TEST_CASE_METHOD(fixture, "a gap between events means a corrupt journal") {
  store->write(append_to("job-1"));
  store->write(append_to("job-1", 1));
  store->tamper(key, [](auto& events) { events.erase(events.begin()); });
  start();
  run();
  CHECK(describe(reason_of_end()) == "corrupt: the journal has a gap after event 0");
}

TEST_CASE_METHOD(fixture, "a bug in the core ends the entity, and all who sent it commands hear that") {
  auto job = start_with({});
  auto told = tell(job, counter::misbehave{});
  auto waiting = tell(job, counter::add{1});
  run();
  CHECK(describe(reason_of_end()) == "crashed: a bug in the core");
  CHECK((*told)->outcome == status::ended);
  CHECK((*waiting)->outcome == status::ended);
}

TEST_CASE_METHOD(fixture, "a runner that throws ends the entity after its events are durable") {
  auto job = start_with({});
  effects->broken = true;
  tell(job, counter::add{1});
  run();
  CHECK(describe(reason_of_end()) == "crashed: the runner is broken");
  CHECK(journaled() == strings{"added"});
}

TEST_CASE_METHOD(fixture, "a new life goes on where the crashed one stopped") {
  auto job = start_with({});
  tell(job, counter::add{1});
  tell(job, counter::misbehave{});
  run();
  auto successor = start();
  tell(successor, counter::add{2});
  run();
  CHECK(journaled() == strings{"added", "resumed", "added"});
  CHECK(store->job("acme", "job-1")->ticket_id == "3");
}

TEST_CASE_METHOD(fixture, "an append that was on its way when its entity died is stored all the same") {
  auto job = start_with({});
  auto told = std::make_shared<std::optional<command_result>>();
  store->before_commit([&] { caf::anon_send_exit(job, caf::exit_reason::kill); });
  told = tell(job, counter::add{1});
  run();
  CHECK(journaled() == strings{"added"});
  CHECK(reason_of_end() == caf::exit_reason::kill);
  CHECK((*told)->outcome == status::ended);
  CHECK(effects->done.empty());
}

TEST_CASE("every life wakes with an epoch of its own that any JSON reader can read") {
  epoch_counter::seen.clear();
  entity_fixture<epoch_counter> engine;
  engine.start_with({});
  engine.start_with({});
  engine.run();
  REQUIRE(epoch_counter::seen.size() == 2);
  CHECK(epoch_counter::seen[0] != epoch_counter::seen[1]);
  CHECK(epoch_counter::seen[0] < (1ULL << 53));
}
