#include "actors/runtime/entity.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "tests/actor/runtime/engine_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;
using status = troupe::actors::command_result::status;
using strings = std::vector<std::string>;

static_assert(functional_core<counter>);
static_assert(functional_core<polite_counter>);

namespace {

using fixture = entity_fixture<counter>;
using polite_fixture = entity_fixture<polite_counter>;

template <class Effect>
std::size_t count(const recorded_effects<counter>& all) {
  return static_cast<std::size_t>(std::count_if(
      all.done.begin(), all.done.end(), [](const counter::effect& x) { return std::holds_alternative<Effect>(x); }));
}

} // namespace

TEST_CASE_METHOD(fixture, "a command's events are durable before its effects run and its sender hears") {
  auto job = start_with({});
  store->before_commit([this] { CHECK(effects->done.empty()); });
  auto told = tell(job, counter::add{5});
  run();
  CHECK(journaled() == strings{"added"});
  REQUIRE(effects->done.size() == 1);
  CHECK(std::get<counter::announce>(effects->done[0]).sum == 5);
  REQUIRE(*told);
  CHECK((*told)->outcome == status::stored);
  CHECK(observed->lines == strings{"job-1#1 added"});
}

TEST_CASE_METHOD(fixture, "the projection is written with the events that lead to it") {
  auto job = start_with({});
  tell(job, counter::add_many{{1, 2, 3}});
  run();
  CHECK(store->events(key).size() == 3);
  CHECK(store->batches().size() == 1);
  CHECK(store->job("acme", "job-1")->ticket_id == "6");
}

TEST_CASE_METHOD(fixture, "events are stamped with the time of their decision") {
  auto job = start_with({});
  run();
  time->advance(90s);
  const auto now = time->now();
  tell(job, counter::add{1});
  run();
  CHECK(store->events(key)[0].at == now);
}

TEST_CASE_METHOD(fixture, "early effects don't wait for the commit") {
  auto job = start_with({});
  run();
  std::size_t seen = 0;
  store->before_commit([&] { seen = count<counter::look_up>(*effects); });
  tell(job, counter::add_many{{1}});
  run();
  CHECK(seen == 1);
}

TEST_CASE_METHOD(fixture, "a command without events is answered at once, and its effects run") {
  auto job = start_with({});
  auto told = tell(job, counter::look{"x"});
  run();
  CHECK((*told)->outcome == status::unchanged);
  CHECK(count<counter::look_up>(*effects) == 1);
  CHECK(store->batches().empty());
}

TEST_CASE_METHOD(fixture, "a refused command tells why") {
  auto job = start_with({});
  auto told = tell(job, counter::add{2'000});
  run();
  CHECK((*told)->outcome == status::refused);
  CHECK((*told)->detail == "above the limit");
  CHECK(journaled().empty());
}

TEST_CASE_METHOD(fixture, "commands that come during an append are dealt with one after the other") {
  auto job = start_with({});
  auto one = tell(job, counter::add{600});
  auto two = tell(job, counter::add{600});
  auto three = tell(job, counter::add{400});
  run();
  CHECK((*one)->outcome == status::stored);
  CHECK((*two)->outcome == status::refused);
  CHECK((*three)->outcome == status::stored);
  CHECK(store->job("acme", "job-1")->ticket_id == "1000");
}

TEST_CASE_METHOD(fixture, "an entity whose events are at hand reads nothing") {
  store->write(append_to("job-1"));
  auto job = start_with({counter::added{1}});
  tell(job, counter::add{5});
  run();
  CHECK(store->readers_opened() == 0);
  CHECK(journaled() == strings{"added", "resumed", "added"});
  CHECK(store->job("acme", "job-1")->ticket_id == "6");
}

TEST_CASE_METHOD(fixture, "an entity comes back from its journal as it was") {
  store->write(append_to("job-1"));
  store->write(append_to("job-1", 1));
  auto job = start();
  auto told = tell(job, counter::add{5});
  run();
  CHECK((*told)->outcome == status::stored);
  CHECK(store->job("acme", "job-1")->ticket_id == "7");
  CHECK(journaled() == strings{"added", "added", "resumed", "added"});
}

TEST_CASE_METHOD(fixture,
                 "the first command comes right after the wake, before the entity may find that it is finished") {
  auto closing = append_to("job-1", 0, "closed");
  store->write(closing);
  auto told = std::make_shared<std::optional<command_result>>();
  auto first =
      std::make_shared<command_envelope<counter>>(counter::add{1}, [told](command_result x) { *told = std::move(x); });
  launch({key, std::nullopt, first, "correlation-1"});
  run();
  CHECK((*told)->outcome == status::stored);
  CHECK(journaled() == strings{"closed", "added"});
  CHECK(describe(reason_of_end()) == "normal");
}

TEST_CASE_METHOD(fixture, "a finished entity leaves memory, and who sends a command later hears so") {
  auto job = start_with({});
  auto closed = tell(job, counter::close{});
  run();
  CHECK((*closed)->outcome == status::stored);
  CHECK(describe(reason_of_end()) == "normal");
  auto late = tell(job, counter::add{1});
  run();
  REQUIRE(*late);
  CHECK((*late)->outcome == status::ended);
}

TEST_CASE_METHOD(fixture, "commands that were queued before the end are dealt with before it") {
  auto job = start_with({});
  tell(job, counter::close{});
  auto told = tell(job, counter::add{1});
  run();
  CHECK((*told)->outcome == status::stored);
  CHECK(journaled() == strings{"closed", "added"});
}

TEST_CASE_METHOD(fixture, "an effect's answer comes back as a command") {
  auto job = start_with({});
  tell(job, counter::look{"x"});
  run();
  REQUIRE(effects->answers.size() == 1);
  CHECK(effects->answers[0].key() == key);
  effects->answers[0](counter::add{3});
  run();
  CHECK(journaled() == strings{"added"});
}

TEST_CASE_METHOD(fixture, "an answer meant for a former life isn't heard by the present one") {
  auto job = start_with({});
  tell(job, counter::look{"x"});
  run();
  caf::anon_send_exit(job, caf::exit_reason::kill);
  auto successor = start();
  run();
  effects->answers[0](counter::add{3});
  run();
  CHECK(journaled().empty());
}

TEST_CASE_METHOD(fixture, "too many waiting commands are refused, but answers of effects never are") {
  auto job = start_with({});
  tell(job, counter::look{"x"});
  run();
  store->fail_writes(1);
  tell(job, counter::add{1});
  run();
  std::vector<std::shared_ptr<std::optional<command_result>>> told;
  for (int i = 0; i < 4; ++i)
    told.push_back(tell(job, counter::add{1}));
  effects->answers[0](counter::add{100});
  run();
  REQUIRE(*told.back());
  CHECK((*told.back())->outcome == status::overloaded);
  CHECK_FALSE(*told.front());
  advance(1min);
  CHECK((*told.front())->outcome == status::stored);
  CHECK(store->job("acme", "job-1")->ticket_id == "104");
}

TEST_CASE_METHOD(fixture, "a timer delivers its command after its time") {
  auto job = start_with({});
  tell(job, counter::set_alarm{{7, 500ms, false}});
  advance(499ms);
  CHECK(journaled().empty());
  advance(1ms);
  CHECK(journaled() == strings{"added"});
  CHECK(store->job("acme", "job-1")->ticket_id == "7");
}

TEST_CASE_METHOD(fixture, "setting a timer again replaces it, and one that is switched off is void") {
  auto job = start_with({});
  tell(job, counter::set_alarm{{7, 500ms, false}});
  tell(job, counter::set_alarm{{8, 500ms, false}});
  run();
  tell(job, counter::set_alarm{{7, 900ms, false}});
  tell(job, counter::set_alarm{{8, 0ms, true}});
  advance(800ms);
  CHECK(journaled().empty());
  CHECK(timers->size() == 1);
  advance(100ms);
  CHECK(journaled() == strings{"added"});
}

TEST_CASE_METHOD(fixture, "a timer that fired while it was replaced is stale") {
  auto job = start_with({});
  tell(job, counter::set_alarm{{7, 500ms, false}});
  run();
  caf::anon_send(job, timer_due{12'345});
  run();
  CHECK(journaled().empty());
}

TEST_CASE_METHOD(fixture, "an entity that leaves memory takes its timers with it") {
  auto job = start_with({});
  tell(job, counter::set_alarm{{7, 24h, false}});
  run();
  CHECK(timers->size() == 1);
  tell(job, counter::close{});
  run();
  CHECK(timers->size() == 0);
}

TEST_CASE_METHOD(fixture, "an entity that can't be asked to stop ends at once, and its journal keeps all") {
  auto job = start_with({});
  auto told = tell(job, counter::add{1});
  run();
  caf::anon_send_exit(job, caf::exit_reason::user_shutdown);
  run();
  CHECK(reason_of_end() == caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(polite_fixture, "an entity that can be asked to stop ends in its own way") {
  auto job = start_with({});
  run();
  caf::anon_send_exit(job, caf::exit_reason::user_shutdown);
  run();
  CHECK(journaled() == strings{"closed"});
  CHECK(describe(reason_of_end()) == "normal");
}

TEST_CASE_METHOD(polite_fixture, "asked to stop a second time, an entity ends at once") {
  store->fail_writes(100);
  auto job = start_with({});
  run();
  caf::anon_send_exit(job, caf::exit_reason::user_shutdown);
  advance(1s);
  CHECK_FALSE(something_ended());
  caf::anon_send_exit(job, caf::exit_reason::user_shutdown);
  run();
  CHECK(reason_of_end() == caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(polite_fixture, "an entity that is still being read ends at once when asked to stop") {
  store->fail_reads(100);
  auto job = start();
  run();
  caf::anon_send_exit(job, caf::exit_reason::user_shutdown);
  run();
  CHECK(reason_of_end() == caf::exit_reason::user_shutdown);
  CHECK(timers->size() == 0);
}

TEST_CASE_METHOD(polite_fixture, "a linked peer's normal end is not a request to stop") {
  auto job = start_with({});
  run();
  caf::anon_send_exit(job, caf::exit_reason::normal);
  run();
  CHECK_FALSE(something_ended());
  CHECK(journaled().empty());
}

TEST_CASE_METHOD(fixture, "effects that its core gives up are asked to stop, later ones aren't") {
  auto job = start_with({});
  tell(job, counter::look{"x"});
  run();
  CHECK_FALSE(effects->answers.at(0).stop().stop_requested());
  tell(job, counter::look{"something else"});
  run();
  CHECK(effects->answers.at(0).stop().stop_requested());
  CHECK_FALSE(effects->answers.at(1).stop().stop_requested());
}

TEST_CASE_METHOD(fixture, "effects of an entity that has ended are asked to stop") {
  auto job = start_with({});
  tell(job, counter::look{"x"});
  run();
  caf::anon_send_exit(job, caf::exit_reason::kill);
  run();
  CHECK(effects->answers.at(0).stop().stop_requested());
}
