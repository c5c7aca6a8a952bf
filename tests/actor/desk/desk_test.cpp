#include "actors/desk/desk.hpp"

#include <catch2/catch_test_macros.hpp>

#include "actors/desk/local_connector.hpp"
#include "actors/runtime/journal_writer.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/memory_store.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using net::desk::desk_failure;
using net::desk::desk_fault;

namespace {

/// A desk that answers when the test says so.
class manual_connector final : public net::desk::connector {
public:
  void write_note(const net::desk::note& what, std::function<void(note_result)> done) override {
    written.push_back(what);
    writes.push_back(std::move(done));
  }
  void find_note(const std::string&, const std::string&, const std::string&,
                 std::function<void(look_result)> done) override {
    looks.push_back(std::move(done));
  }
  void check(std::function<void(std::optional<desk_failure>)> done) override {
    done(std::nullopt);
  }

  std::vector<net::desk::note> written;
  std::vector<std::function<void(note_result)>> writes;
  std::vector<std::function<void(look_result)>> looks;
};

struct fixture : testing::actor_fixture {
  config::metrics metrics;
  std::shared_ptr<manual_connector> connector = std::make_shared<manual_connector>();
  /// Shared: what still waits when a test ends is answered after the fixture's members are gone.
  std::shared_ptr<std::vector<note_result>> heard = std::make_shared<std::vector<note_result>>();
  std::vector<note_result>& results = *heard;

  desk_actor make(desk_settings settings = {}) {
    settings.probe = std::make_shared<desk_probe>(metrics);
    return spawn(desk, std::string{"acme"}, connector_ptr{connector}, settings, time);
  }

  void write(const desk_actor& whom, const std::string& ticket, std::chrono::milliseconds until = 30s) {
    auto task = std::make_shared<desk_write>();
    task->note = {ticket, "text", "ref: 1", "c", std::max<std::chrono::milliseconds>(30s, until)};
    task->deadline = time->now() + until;
    task->done = [heard = heard](note_result result) { heard->push_back(std::move(result)); };
    caf::anon_send(whom, atom::write_note_v, desk_write_ptr{std::move(task)});
    run();
  }

  void answer(std::size_t i, note_result result) {
    connector->writes.at(i)(std::move(result));
    run();
  }

  const desk_failure& failure(std::size_t i) const {
    return std::get<desk_failure>(results.at(i));
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a note is written once and its id comes back") {
  auto d = make();
  write(d, "7");
  answer(0, net::desk::note_written{"n1"});
  REQUIRE(results.size() == 1);
  CHECK(std::get<net::desk::note_written>(results[0]).note_id == "n1");
  CHECK(connector->written.size() == 1);
}

TEST_CASE_METHOD(fixture, "calls beyond the limit wait for their turn") {
  auto d = make({1, 10, {}, nullptr});
  write(d, "1");
  write(d, "2");
  CHECK(connector->written.size() == 1);
  answer(0, net::desk::note_written{"n1"});
  REQUIRE(connector->written.size() == 2);
  CHECK(connector->written[1].ticket_id == "2");
}

TEST_CASE_METHOD(fixture, "a call that finds the queue full is refused and nothing is sent") {
  auto d = make({1, 1, {}, nullptr});
  write(d, "runs");
  write(d, "waits");
  write(d, "too much");
  REQUIRE(results.size() == 1);
  CHECK(failure(0).fault == desk_fault::unavailable);
  CHECK(connector->written.size() == 1);
}

TEST_CASE_METHOD(fixture, "a write whose deadline passes while it waits is put off, at that time") {
  auto d = make({1, 10, {}, nullptr});
  write(d, "slow");
  write(d, "late", 5s);
  advance(5s);
  REQUIRE(results.size() == 1);
  CHECK(failure(0).fault == desk_fault::held);
  answer(0, net::desk::note_written{"n1"});
  CHECK(connector->written.size() == 1);
}

TEST_CASE_METHOD(fixture, "a write that would be left without the time for an answer is put off instead of begun") {
  auto d = make({1, 10, {}, nullptr});
  write(d, "slow");
  write(d, "late", 5s);
  advance(4'900ms);
  answer(0, net::desk::note_written{"n1"});
  CHECK(connector->written.size() == 1);
  REQUIRE(results.size() == 2);
  CHECK(failure(0).fault == desk_fault::held);
}

TEST_CASE_METHOD(fixture, "a write that waits is put off at its deadline although the clock was set back meanwhile") {
  auto d = make({1, 10, {}, nullptr});
  write(d, "slow");
  write(d, "late", 5s);
  time->set(time->now() - 1h);
  advance(5s);
  REQUIRE(results.size() == 1);
  CHECK(failure(0).fault == desk_fault::held);
  answer(0, net::desk::note_written{"n1"});
  CHECK(connector->written.size() == 1);
}

TEST_CASE_METHOD(fixture, "a write gets no more time than is left until its deadline") {
  auto d = make();
  write(d, "1", 12s);
  CHECK(connector->written.at(0).timeout == 12s);
}

TEST_CASE_METHOD(fixture, "while a desk wants a pause nothing is sent; then the tasks that waited go on") {
  auto d = make();
  write(d, "1");
  answer(0, desk_failure{desk_fault::rate_limited, "slow down", 20s});
  CHECK(failure(0).fault == desk_fault::rate_limited);
  write(d, "2");
  write(d, "3");
  advance(19s);
  CHECK(connector->written.size() == 1);
  CHECK(results.size() == 1);
  advance(1s);
  CHECK(connector->written.size() == 2);
}

TEST_CASE_METHOD(fixture, "a pause longer than a task may wait puts it off at once, and its caller hears how long") {
  auto d = make();
  write(d, "1");
  write(d, "waits already", 25s);
  answer(0, desk_failure{desk_fault::rate_limited, "slow down", 60s});
  answer(1, net::desk::note_written{"n1"});
  advance(20s);
  write(d, "2");
  REQUIRE(results.size() == 3);
  CHECK(failure(2).fault == desk_fault::held);
  CHECK(failure(2).retry_after == 40s);
  write(d, "3");
  CHECK(failure(3).retry_after > 40s); // one after the other
  CHECK(connector->written.size() == 2);
}

TEST_CASE_METHOD(fixture, "after a pause one call tries, then they follow each other, ever faster") {
  auto d = make();
  write(d, "1");
  answer(0, desk_failure{desk_fault::rate_limited, "slow down", 1s});
  for (int i = 0; i < 40; ++i)
    write(d, "more");
  advance(1s);
  CHECK(connector->written.size() == 2);
  advance(5s); // the first one's answer is waited for
  CHECK(connector->written.size() == 2);
  answer(1, net::desk::note_written{"n"});
  advance(1s);
  const auto slow = connector->written.size() - 2;
  CHECK(slow > 5);
  CHECK(slow <= 11);
  for (std::size_t i = 2; i < connector->written.size(); ++i)
    answer(i, net::desk::note_written{"n"});
  const auto before = connector->written.size();
  advance(1s);
  CHECK(connector->written.size() - before > slow);
}

TEST_CASE_METHOD(fixture, "calls that a desk limits as a burst are made again after the pause, and cost no attempt") {
  auto d = make();
  for (int i = 0; i < 5; ++i)
    write(d, std::to_string(i));
  answer(0, net::desk::note_written{"n"});
  for (std::size_t i = 1; i < 5; ++i)
    answer(i, desk_failure{desk_fault::rate_limited, "slow down", 1s});
  CHECK(results.size() == 1);
  advance(1s);
  REQUIRE(connector->written.size() == 6);
  answer(5, net::desk::note_written{"n"});
  advance(1s);
  REQUIRE(connector->written.size() == 9);
  for (std::size_t i = 6; i < 9; ++i)
    answer(i, net::desk::note_written{"n"});
  REQUIRE(results.size() == 5);
  for (const auto& result : results)
    CHECK(std::holds_alternative<net::desk::note_written>(result));
}

TEST_CASE_METHOD(fixture, "a call that a desk limits all alone has failed, each time") {
  auto d = make();
  for (std::size_t i = 0; i < 4; ++i) {
    write(d, "1");
    REQUIRE(connector->written.size() == i + 1);
    answer(i, desk_failure{desk_fault::rate_limited, "slow down", 1s});
    REQUIRE(results.size() == i + 1);
    CHECK(failure(i).fault == desk_fault::rate_limited);
    advance(1s);
  }
}

TEST_CASE_METHOD(fixture, "no desk is paused for longer than an hour") {
  auto d = make();
  write(d, "1");
  answer(0, desk_failure{desk_fault::rate_limited, "come back in a year", 24h * 365});
  advance(1h);
  write(d, "2");
  CHECK(connector->written.size() == 2);
}

TEST_CASE_METHOD(fixture, "a desk that fails five times in a row is left alone for half a minute, while tasks wait") {
  auto d = make();
  for (std::size_t i = 0; i < 5; ++i) {
    write(d, "1");
    answer(i, desk_failure{desk_fault::unknown_outcome, "no answer", std::nullopt});
  }
  write(d, "probe", 60s);
  write(d, "waits for the probe", 60s);
  advance(29s);
  CHECK(connector->written.size() == 5);
  advance(1s);
  REQUIRE(connector->written.size() == 6);
  answer(5, net::desk::note_written{"n"});
  REQUIRE(connector->written.size() == 7);
  CHECK(connector->written[6].ticket_id == "waits for the probe");
  CHECK(results.size() == 6);
}

TEST_CASE_METHOD(fixture, "a task that can't wait for a circuit to close is put off at once") {
  auto d = make();
  for (std::size_t i = 0; i < 5; ++i) {
    write(d, "1");
    answer(i, desk_failure{desk_fault::unknown_outcome, "no answer", std::nullopt});
  }
  CHECK(metrics.render().find(R"(troupe_circuit_state{target="desk:acme"} 2)") != std::string::npos);
  advance(10s);
  write(d, "2", 15s);
  REQUIRE(results.size() == 6);
  CHECK(failure(5).fault == desk_fault::circuit_open);
  CHECK(failure(5).retry_after == 20s);
}

TEST_CASE_METHOD(fixture, "when the probe of a circuit fails too, tasks that can't wait any longer are put off") {
  auto d = make();
  for (std::size_t i = 0; i < 5; ++i) {
    write(d, "1");
    answer(i, desk_failure{desk_fault::unavailable, "refused", std::nullopt});
  }
  write(d, "probe", 40s);
  write(d, "waits", 40s);
  advance(30s);
  answer(5, desk_failure{desk_fault::unavailable, "refused", std::nullopt});
  REQUIRE(results.size() == 7);
  CHECK(failure(5).fault == desk_fault::unavailable);
  CHECK(failure(6).fault == desk_fault::circuit_open);
}

TEST_CASE_METHOD(fixture, "a look waits like a write") {
  auto d = make();
  write(d, "1");
  answer(0, desk_failure{desk_fault::rate_limited, "slow down", 20s});
  auto task = std::make_shared<desk_look>();
  task->deadline = time->now() + 10s;
  std::optional<look_result> late;
  task->done = [&late](look_result result) { late = std::move(result); };
  caf::anon_send(d, atom::find_note_v, desk_look_ptr{task});
  run();
  REQUIRE(late);
  CHECK(std::get<desk_failure>(*late).fault == desk_fault::held);
}

TEST_CASE_METHOD(fixture, "what a desk refuses for good doesn't open its circuit") {
  auto d = make();
  for (std::size_t i = 0; i < 10; ++i) {
    write(d, "1");
    answer(i, desk_failure{desk_fault::not_found, "no such ticket", std::nullopt});
  }
  write(d, "2");
  CHECK(connector->written.size() == 11);
}

TEST_CASE_METHOD(fixture, "a desk with new settings is tried at once") {
  auto d = make();
  write(d, "1");
  answer(0, desk_failure{desk_fault::rate_limited, "slow down", 600s});
  auto next = std::make_shared<manual_connector>();
  caf::anon_send(d, atom::connect_v, connector_ptr{next});
  write(d, "2");
  CHECK(next->written.size() == 1);
}

TEST_CASE_METHOD(fixture,
                 "calls under way keep their connector when it is replaced, and teach nothing about the new one") {
  auto d = make();
  for (int i = 0; i < 6; ++i)
    write(d, "1");
  std::weak_ptr<manual_connector> old = connector;
  auto next = std::make_shared<manual_connector>();
  caf::anon_send(d, atom::connect_v, connector_ptr{next});
  run();
  auto calls = std::move(connector->writes);
  connector.reset();
  CHECK_FALSE(old.expired());
  for (auto& call : calls)
    call(desk_failure{desk_fault::unknown_outcome, "cut off", std::nullopt});
  run();
  CHECK(old.expired());
  write(d, "2");
  CHECK(next->written.size() == 1);
}

TEST_CASE_METHOD(fixture, "a desk whose settings can't be used refuses every call") {
  auto d = spawn(desk, std::string{"acme"}, connector_ptr{}, desk_settings{}, time);
  write(d, "1");
  CHECK(failure(0).detail == "the desk's settings can't be used");
}

TEST_CASE_METHOD(fixture, "calls that wait are refused when the desk's actor ends") {
  auto d = make({1, 10, {}, nullptr});
  write(d, "runs");
  write(d, "waits");
  caf::anon_send_exit(d, caf::exit_reason::user_shutdown);
  d = nullptr;
  run();
  answer(0, net::desk::note_written{"n1"});
  CHECK(results.size() == 2);
}

namespace {

struct local_fixture : testing::actor_fixture {
  std::shared_ptr<testing::memory_store> store = testing::memory_store::make();
  config::metrics metrics;
  std::shared_ptr<journal_queue> writes = std::make_shared<journal_queue>();
  std::shared_ptr<reader_pool> reads = std::make_shared<reader_pool>();
  local_connector connector{"acme", writes, reads, time, std::make_shared<id_source>(*time, *chance)};

  local_fixture() {
    spawn(journal_writer, writes,
          std::function<std::unique_ptr<storage::writer>()>{[this] { return store->open_writer(); }}, time,
          std::make_shared<journal_probe>(metrics));
    spawn(reader, reads, std::function<std::unique_ptr<storage::reader>()>{[this] { return store->open_reader(); }});
    run();
  }

  std::optional<note_result> write(const std::string& marker) {
    std::optional<note_result> result;
    connector.write_note({"7", "**text**\n\n" + marker, marker, "c", 30s},
                         [&](note_result r) { result = std::move(r); });
    run();
    return result;
  }
};

} // namespace

TEST_CASE_METHOD(local_fixture, "the local desk keeps a note as Markdown and HTML, and finds it by its marker") {
  const auto written = write("ref: 1");
  REQUIRE(written);
  const auto notes = store->notes("acme", "7");
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].html.find("<strong>text</strong>") != std::string::npos);
  std::optional<look_result> found;
  connector.find_note("7", "ref: 1", "c", [&](look_result r) { found = std::move(r); });
  run();
  CHECK(std::get<net::desk::note_search>(*found).note_id == notes[0].id);
}

TEST_CASE_METHOD(local_fixture, "the local desk never keeps two notes with one marker") {
  const auto first = write("ref: 1");
  const auto second = write("ref: 1");
  CHECK(store->notes("acme", "7").size() == 1);
  CHECK(std::get<net::desk::note_written>(*first).note_id == std::get<net::desk::note_written>(*second).note_id);
}

TEST_CASE_METHOD(local_fixture, "the local desk says that nothing was written when storage fails") {
  store->fail_writes(1);
  const auto result = write("ref: 1");
  CHECK(std::get<desk_failure>(result.value()).fault == desk_fault::unavailable);
  CHECK(store->notes("acme", "7").empty());
}
