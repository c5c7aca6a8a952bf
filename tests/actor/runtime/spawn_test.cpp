#include "actors/runtime/spawn.hpp"

#include <memory>
#include <stdexcept>
#include <string>

#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <catch2/catch_test_macros.hpp>

#include "actors/runtime/messages.hpp"
#include "tests/support/actor_fixture.hpp"

using namespace troupe::actors;
using troupe::testing::actor_fixture;

namespace {

caf::behavior echo(caf::event_based_actor*) {
  return {[](int x) { return x; }};
}

caf::behavior crashing(caf::event_based_actor*) {
  return {[](int) -> int { throw std::runtime_error("disk on fire"); }, [](const std::string&) -> int { throw 42; }};
}

caf::behavior stillborn(caf::event_based_actor*, int) {
  throw std::runtime_error("no such table");
}

} // namespace

TEST_CASE_METHOD(actor_fixture, "an exception ends the actor with its text, and the asker hears it at once") {
  auto child = spawn(crashing);
  auto asked = ask(child, 1);
  run();
  const auto answered = answer<int>(asked);
  REQUIRE_FALSE(answered);
  CHECK(describe(answered.error()) == "crashed: disk on fire");
  watch(child);
  run();
  CHECK(describe(reason_of_end()) == "crashed: disk on fire");
}

TEST_CASE_METHOD(actor_fixture, "what isn't an exception of the standard's ends the actor too") {
  auto child = spawn(actor_options{.name = "odd", .correlation_id = "c-1"}, crashing);
  watch(child);
  caf::anon_send(child, std::string{"x"});
  run();
  CHECK(describe(reason_of_end()) == "crashed: an exception that is none of the standard's");
}

TEST_CASE_METHOD(actor_fixture, "a behaviour function that throws ends the actor with its text") {
  auto child = spawn(stillborn, 1);
  watch(child);
  run();
  CHECK(describe(reason_of_end()) == "crashed: no such table");
}

TEST_CASE_METHOD(actor_fixture, "a message nobody expects is refused and survived") {
  auto child = spawn(echo);
  auto odd = ask(child, std::string{"?"});
  run();
  CHECK(answer<int>(odd) == caf::make_error(caf::sec::unexpected_message));
  auto fine = ask(child, 3);
  run();
  CHECK(answer<int>(fine) == 3);
}

TEST_CASE_METHOD(actor_fixture, "a failed request without an error continuation ends the asker with that error") {
  auto server = spawn(crashing);
  auto asker = spawn([server](caf::event_based_actor* self) -> caf::behavior {
    self->request(server, caf::infinite, 1).then([](int) {});
    return {[](int x) { return x; }};
  });
  watch(asker);
  run();
  CHECK(describe(reason_of_end()) == "crashed: disk on fire");
}

TEST_CASE_METHOD(actor_fixture, "an exit message ends an actor unless its reason is normal") {
  auto child = spawn(echo);
  watch(child);
  caf::anon_send_exit(child, caf::exit_reason::normal);
  run();
  CHECK_FALSE(something_ended());
  caf::anon_send_exit(child, caf::exit_reason::user_shutdown);
  run();
  CHECK(reason_of_end() == caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(actor_fixture, "the end of a watched actor is survived by default") {
  auto watched = spawn(echo);
  auto watcher = spawn([watched](caf::event_based_actor* self) -> caf::behavior {
    self->monitor(watched);
    return {[](int x) { return x; }};
  });
  run();
  caf::anon_send_exit(watched, caf::exit_reason::kill);
  run();
  auto asked = ask(watcher, 5);
  run();
  CHECK(answer<int>(asked) == 5);
}

TEST_CASE_METHOD(actor_fixture, "a lazy actor begins with its first message") {
  auto begun = std::make_shared<bool>(false);
  auto child =
      spawn(actor_options{.name = "lazy", .lazy_init = true}, [begun](caf::event_based_actor*) -> caf::behavior {
        *begun = true;
        return {[](int x) { return x; }};
      });
  run();
  CHECK_FALSE(*begun);
  auto asked = ask(child, 1);
  run();
  CHECK(*begun);
  CHECK(answer<int>(asked) == 1);
}

TEST_CASE_METHOD(actor_fixture, "an actor with a thread of its own runs on the test scheduler like any other") {
  auto child = spawn(actor_options{.name = "blocking", .detached = true}, echo);
  CHECK(sys.detached_actors() == 0);
  auto asked = ask(child, 1);
  run();
  CHECK(answer<int>(asked) == 1);
}

TEST_CASE_METHOD(actor_fixture, "an actor may own what can't be copied") {
  auto child = spawn(
      [](caf::event_based_actor*, std::unique_ptr<int> owned) -> caf::behavior {
        return {[kept = std::shared_ptr<int>(std::move(owned))](int x) { return x + *kept; }};
      },
      std::make_unique<int>(40));
  auto asked = ask(child, 2);
  run();
  CHECK(answer<int>(asked) == 42);
}

TEST_CASE("reasons are described for people and labelled for metrics") {
  using caf::exit_reason;
  using caf::make_error;
  using caf::sec;
  CHECK(describe({}) == "normal");
  CHECK(describe(make_error(exit_reason::kill)) == "kill");
  CHECK(describe(make_error(sec::request_timeout)) == "request_timeout");
  CHECK(describe(make_error(runtime_ec::corrupt, std::string{"event 3"})) == "corrupt: event 3");
  CHECK(describe(caf::error{7, caf::atom("other")}) == "other 7");

  CHECK(reason_label({}) == "normal");
  CHECK(reason_label(make_error(sec::runtime_error, std::string{"x"})) == "exception");
  CHECK(reason_label(make_error(sec::request_timeout)) == "error");
  CHECK(reason_label(make_error(exit_reason::kill)) == "killed");
  CHECK(reason_label(make_error(exit_reason::user_shutdown)) == "stopped");
  CHECK(reason_label(make_error(runtime_ec::superseded)) == "superseded");
  CHECK(reason_label(make_error(runtime_ec::unavailable)) == "unavailable");
  CHECK(reason_label(make_error(runtime_ec::corrupt)) == "corrupt");
  CHECK(reason_label(make_error(runtime_ec::overloaded)) == "overloaded");
  CHECK(reason_label(make_error(runtime_ec::restart_intensity)) == "restart_intensity");
  CHECK(reason_label(make_error(runtime_ec::stopped)) == "stopped");
  CHECK(reason_label(make_error(runtime_ec::child_down)) == "error");
}
