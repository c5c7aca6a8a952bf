#include "actors/runtime/journal_writer.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/actor/runtime/engine_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;
using storage::append_outcome;
using storage::fault;

namespace {

storage::entity_key key_of(std::string id) {
  return {"acme", storage::entity_kind::ticket_job, std::move(id)};
}

struct fixture : engine_fixture {
  journal_writer_actor writer = start_writer();

  fixture() {
    run();
    watch(writer);
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a single append is committed without waiting for company") {
  append_probe probe;
  journal->submit(probe.make(append_to("a")));
  CHECK_FALSE(probe.reply);
  run();
  REQUIRE(probe.reply);
  CHECK_FALSE(probe.reply->fault);
  CHECK(probe.reply->result.outcome == append_outcome::stored);
  CHECK(probe.reply->result.number == 1);
  CHECK(store->events(key_of("a")).size() == 1);
}

TEST_CASE_METHOD(fixture, "what waits together is committed together, up to the limit of a batch") {
  std::array<append_probe, 6> probes;
  for (std::size_t i = 0; i < probes.size(); ++i)
    journal->submit(probes[i].make(append_to("e" + std::to_string(i))));
  run();
  CHECK(store->batches() == std::vector<std::size_t>{4, 2});
  for (const auto& probe : probes)
    CHECK(probe.reply);
  CHECK(journal->depth() == 0);
}

TEST_CASE_METHOD(fixture, "what arrives during a commit makes the next batch") {
  append_probe first;
  append_probe second;
  append_probe third;
  store->before_commit([&, once = true]() mutable {
    if (std::exchange(once, false)) {
      journal->submit(second.make(append_to("b")));
      journal->submit(third.make(append_to("c")));
    }
  });
  journal->submit(first.make(append_to("a")));
  run();
  CHECK(store->batches() == std::vector<std::size_t>{1, 2});
  CHECK(third.reply);
}

TEST_CASE_METHOD(fixture, "a conflict is told to its sender alone") {
  store->write(append_to("a"));
  append_probe late;
  append_probe fine;
  journal->submit(late.make(append_to("a")));
  journal->submit(fine.make(append_to("b")));
  run();
  REQUIRE(late.reply);
  CHECK_FALSE(late.reply->fault);
  CHECK(late.reply->result.outcome == append_outcome::conflict);
  CHECK(fine.reply->result.outcome == append_outcome::stored);
  CHECK(metrics.render().find("troupe_journal_conflicts_total 1") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "a repeated delivery is told the entity that it made") {
  auto first = append_to("a");
  first.delivery = storage::delivery{{1, 2, 3}, storage::timestamp{24h} + time->now().time_since_epoch()};
  auto again = append_to("b");
  again.delivery = first.delivery;
  append_probe one;
  append_probe two;
  journal->submit(one.make(first));
  journal->submit(two.make(again));
  run();
  CHECK(one.reply->result.outcome == append_outcome::stored);
  CHECK(two.reply->result.outcome == append_outcome::duplicate);
  CHECK(two.reply->result.existing == "a");
  CHECK(store->events(key_of("b")).empty());
}

TEST_CASE_METHOD(fixture, "a fault is told to everybody in the batch, and the next batch is tried") {
  store->fail_writes(1, fault::full);
  append_probe a;
  append_probe b;
  journal->submit(a.make(append_to("a")));
  journal->submit(b.make(append_to("b")));
  run();
  CHECK(a.reply->fault == fault::full);
  CHECK(b.reply->fault == fault::full);
  CHECK_FALSE(a.reply->error.empty());
  append_probe c;
  journal->submit(c.make(append_to("c")));
  run();
  CHECK_FALSE(c.reply->fault);
  CHECK(metrics.render().find("troupe_journal_faults_total 1") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "a failed append can be submitted again as it was") {
  store->fail_writes(1);
  pending_append_ptr pending;
  int replies = 0;
  pending = make_pending_append(append_to("a"), [&](append_reply reply) {
    ++replies;
    if (reply.fault)
      journal->submit(pending);
  });
  journal->submit(pending);
  run();
  CHECK(replies == 2);
  CHECK(store->events(key_of("a")).size() == 1);
}

TEST_CASE_METHOD(fixture, "an append that can't be stored doesn't take its batch with it") {
  store->poison("bad");
  append_probe good;
  append_probe bad;
  append_probe other;
  journal->submit(good.make(append_to("good")));
  journal->submit(bad.make(append_to("bad")));
  journal->submit(other.make(append_to("other")));
  run();
  CHECK_FALSE(good.reply->fault);
  CHECK(bad.reply->fault == fault::refused);
  CHECK_FALSE(other.reply->fault);
  CHECK(store->events(key_of("other")).size() == 1);
}

TEST_CASE_METHOD(engine_fixture, "above its limit the queue refuses at once") {
  std::array<append_probe, 9> probes;
  for (auto& probe : probes)
    journal->submit(probe.make(append_to("a")));
  REQUIRE(probes.back().reply);
  CHECK(probes.back().reply->fault == fault::unavailable);
  CHECK_FALSE(probes.front().reply);
  CHECK(journal->depth() == 8);

  std::array<std::optional<fault>, 5> tasks;
  for (auto& task : tasks)
    journal->run([](storage::writer&) {}, [&task](const storage::error& e) { task = e.kind(); });
  CHECK(tasks.back() == fault::unavailable);
  CHECK_FALSE(tasks.front());
}

TEST_CASE_METHOD(engine_fixture, "what waits for a writer is served when one comes") {
  append_probe probe;
  journal->submit(probe.make(append_to("a")));
  run();
  CHECK_FALSE(probe.reply);
  start_writer();
  run();
  CHECK(probe.reply);
}

TEST_CASE_METHOD(fixture, "tasks run between batches and tell their end") {
  append_probe probe;
  bool stored = false;
  journal->run(
      [&](storage::writer& db) {
        storage::tenant acme;
        acme.id = "acme";
        db.add_tenant(acme);
        stored = true;
      },
      [](const storage::error&) { FAIL("the task fails"); });
  journal->submit(probe.make(append_to("a")));
  run();
  CHECK(stored);
  CHECK(probe.reply);
  CHECK(store->open_reader()->find_tenant("acme"));
}

TEST_CASE_METHOD(fixture, "appends wait for one large task at most") {
  std::vector<std::string> order;
  append_probe probe;
  for (auto name : {"first", "second"})
    journal->run(
        [&, name](storage::writer&) {
          if (order.empty())
            journal->submit(make_pending_append(append_to("a"), [&](append_reply) { order.push_back("append"); }));
          order.push_back(name);
          time->advance(5ms);
        },
        [](const storage::error&) { FAIL("the task fails"); });
  run();
  CHECK(order == std::vector<std::string>{"first", "append", "second"});
}

TEST_CASE_METHOD(fixture, "small tasks run together between two batches") {
  std::vector<std::string> order;
  for (auto name : {"first", "second"})
    journal->run(
        [&, name](storage::writer&) {
          if (order.empty())
            journal->submit(make_pending_append(append_to("a"), [&](append_reply) { order.push_back("append"); }));
          order.push_back(name);
        },
        [](const storage::error&) { FAIL("the task fails"); });
  run();
  CHECK(order == std::vector<std::string>{"first", "second", "append"});
}

TEST_CASE_METHOD(fixture, "a task's fault goes to the task") {
  std::optional<fault> heard;
  storage::tenant unknown;
  unknown.id = "nobody";
  journal->run([=](storage::writer& db) { db.update_tenant(unknown, {}); },
               [&](const storage::error& e) { heard = e.kind(); });
  run();
  CHECK(heard == fault::refused);
  CHECK_FALSE(something_ended());
}

TEST_CASE_METHOD(fixture, "a writer that crashes answers what it was at and leaves the rest to its successor") {
  std::array<append_probe, 6> probes;
  for (std::size_t i = 0; i < probes.size(); ++i)
    journal->submit(probes[i].make(append_to("e" + std::to_string(i))));
  bool task = false;
  journal->run([&](storage::writer&) { task = true; }, [](const storage::error&) { FAIL("the task fails"); });
  store->crash_next_write();
  run();
  CHECK(describe(reason_of_end()) == "crashed: a bug in storage");
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(probes[i].reply->fault == fault::unavailable);
  CHECK_FALSE(probes[4].reply);
  CHECK_FALSE(task);
  start_writer();
  run();
  CHECK_FALSE(probes[5].reply->fault);
  CHECK(task);
}

TEST_CASE_METHOD(fixture, "a task that crashes the writer is told that it failed") {
  std::optional<fault> task;
  journal->run([](storage::writer&) { throw std::logic_error{"a bug in a task"}; },
               [&](const storage::error& e) { task = e.kind(); });
  run();
  CHECK(describe(reason_of_end()) == "crashed: a bug in a task");
  CHECK(task == fault::unavailable);
}

TEST_CASE_METHOD(engine_fixture, "a writer that can never open the database ends and says why") {
  store->fail_opens(1, fault::wrong_key);
  auto writer = start_writer();
  watch(writer);
  run();
  CHECK(describe(reason_of_end()) == "crashed: the database can't be opened");
}

TEST_CASE_METHOD(engine_fixture, "a database that can't be opened for now is tried again with each batch") {
  store->fail_opens(2);
  auto writer = start_writer();
  watch(writer);
  run();
  append_probe early;
  std::optional<fault> task;
  journal->submit(early.make(append_to("a")));
  journal->run([](storage::writer&) {}, [&](const storage::error& e) { task = e.kind(); });
  run();
  CHECK(early.reply->fault == fault::unavailable);
  CHECK(task == fault::unavailable);
  append_probe late;
  journal->submit(late.make(append_to("a")));
  run();
  CHECK_FALSE(late.reply->fault);
  CHECK_FALSE(something_ended());
}

TEST_CASE_METHOD(fixture, "storage that answers for fewer appends than it was given is a bug that ends the writer") {
  store->forget_answers(1);
  append_probe probe;
  journal->submit(probe.make(append_to("a")));
  run();
  CHECK(describe(reason_of_end()) == "crashed: storage didn't answer for each append");
  CHECK(probe.reply->fault == fault::unavailable);
}

TEST_CASE_METHOD(fixture, "told to stop, the writer serves what waits, refuses what comes, and ends") {
  std::array<append_probe, 6> probes;
  for (std::size_t i = 0; i < probes.size(); ++i)
    journal->submit(probes[i].make(append_to("e" + std::to_string(i))));
  caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
  run();
  CHECK(reason_of_end() == caf::exit_reason::user_shutdown);
  for (const auto& probe : probes)
    CHECK_FALSE(probe.reply->fault);
  append_probe late;
  journal->submit(late.make(append_to("late")));
  REQUIRE(late.reply);
  CHECK(late.reply->fault == fault::unavailable);
  std::optional<fault> task;
  journal->run([](storage::writer&) {}, [&](const storage::error& e) { task = e.kind(); });
  CHECK(task == fault::unavailable);
}

TEST_CASE_METHOD(fixture, "a queue that was closed opens again for the next writer") {
  caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
  run();
  start_writer();
  run();
  append_probe probe;
  journal->submit(probe.make(append_to("a")));
  run();
  REQUIRE(probe.reply);
  CHECK_FALSE(probe.reply->fault);
}

TEST_CASE_METHOD(fixture, "a successor does nothing before its predecessor's last batch is durable") {
  std::vector<std::string> order;
  store->before_commit([&, once = true]() mutable {
    if (!std::exchange(once, false))
      return;
    caf::anon_send_exit(writer, caf::exit_reason::kill);
    start_writer();
    run();
    journal->run([&](storage::writer&) { order.push_back("the successor's"); },
                 [&](const storage::error&) { order.push_back("refused meanwhile"); });
    run();
  });
  journal->submit(make_pending_append(append_to("a"), [&](append_reply reply) {
    CHECK_FALSE(reply.fault);
    order.push_back("the predecessor's");
  }));
  run();
  journal->run([&](storage::writer&) { order.push_back("the successor's"); },
               [](const storage::error&) { FAIL("the task fails"); });
  run();
  CHECK(order == std::vector<std::string>{"refused meanwhile", "the predecessor's", "the successor's"});
}

TEST_CASE_METHOD(fixture,
                 "while a writer that was killed hangs, all is refused at once, and its successor can be stopped") {
  append_probe waits;
  append_probe comes;
  hold(writer);
  journal->submit(waits.make(append_to("a")));
  caf::anon_send_exit(writer, caf::exit_reason::kill);
  auto successor = start_writer();
  watch(successor);
  run();
  journal->submit(comes.make(append_to("b")));
  REQUIRE(waits.reply);
  CHECK(waits.reply->fault == fault::unavailable);
  REQUIRE(comes.reply);
  CHECK(comes.reply->fault == fault::unavailable);
  caf::anon_send_exit(successor, caf::exit_reason::user_shutdown);
  run();
  CHECK(reason_of_end() == caf::exit_reason::user_shutdown);
  release();
}

TEST_CASE_METHOD(fixture, "the last of several successors takes over when the writer has ended at last") {
  hold(writer);
  caf::anon_send_exit(writer, caf::exit_reason::kill);
  caf::anon_send_exit(start_writer(), caf::exit_reason::kill);
  start_writer();
  run();
  release();
  append_probe probe;
  journal->submit(probe.make(append_to("a")));
  run();
  REQUIRE(probe.reply);
  CHECK_FALSE(probe.reply->fault);
}

TEST_CASE_METHOD(fixture, "a writer that comes beside another one and ends leaves it the queue") {
  auto second = start_writer();
  run();
  caf::anon_send_exit(second, caf::exit_reason::kill);
  run();
  append_probe probe;
  journal->submit(probe.make(append_to("a")));
  run();
  REQUIRE(probe.reply);
  CHECK_FALSE(probe.reply->fault);
}

TEST_CASE_METHOD(fixture, "a task follows the appends that were handed over before it") {
  std::array<append_probe, 6> probes;
  for (std::size_t i = 0; i < probes.size(); ++i)
    journal->submit(probes[i].make(append_to("e" + std::to_string(i))));
  bool all = false;
  journal->run([&](storage::writer&) { all = probes.back().reply.has_value(); },
               [](const storage::error&) { FAIL("the task fails"); });
  run();
  CHECK(all);
}

TEST_CASE_METHOD(engine_fixture, "an abandoned queue answers all that waits") {
  append_probe probe;
  std::optional<fault> task;
  journal->submit(probe.make(append_to("a")));
  journal->run([](storage::writer&) {}, [&](const storage::error& e) { task = e.kind(); });
  journal->abandon();
  CHECK(probe.reply->fault == fault::unavailable);
  CHECK(task == fault::unavailable);
}

TEST_CASE_METHOD(fixture, "batches, their time and the queue are measured") {
  store->before_commit([this] { time->advance(3ms); });
  append_probe a;
  append_probe b;
  journal->submit(a.make(append_to("a")));
  journal->submit(b.make(append_to("b")));
  run();
  const auto text = metrics.render();
  CHECK(text.find("troupe_journal_batch_size_sum 2") != std::string::npos);
  CHECK(text.find("troupe_journal_commit_seconds_sum 0.003") != std::string::npos);
  CHECK(text.find("troupe_mailbox_depth{actor=\"journal_writer\"} 0") != std::string::npos);
}
