#include "actors/runtime/supervisor.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "tests/actor/runtime/family.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;
using strings = std::vector<std::string>;

TEST_CASE_METHOD(family, "children are started in order") {
  start({child("a"), child("b"), child("c")});
  run();
  CHECK(log == strings{"a starts", "b starts", "c starts"});
}

TEST_CASE_METHOD(family, "a child that crashed is started again, and its users find the new life") {
  handle_ref<caf::actor> where;
  start({supervised("a", where, lives("a"))});
  run();
  const auto first = where.get();
  REQUIRE(first);
  crash(first);
  run();
  CHECK_FALSE(where);
  advance(1s);
  CHECK(where.get());
  CHECK(where.get() != first);
  CHECK(log == strings{"a starts", "a starts"});
  CHECK(metrics.render().find("troupe_actor_restarts_total{actor=\"a\",reason=\"exception\"} 1") != std::string::npos);
}

TEST_CASE_METHOD(family, "an actor that was never restarted is counted with 0, children of one label together") {
  auto labelled = child("acme");
  labelled.label = "tenant";
  start({child("a"), labelled});
  run();
  const auto counted = [this](const char* series) { return metrics.render().find(series) != std::string::npos; };
  CHECK(counted("troupe_actor_restarts_total{actor=\"a\",reason=\"exception\"} 0"));
  CHECK(counted("troupe_actor_restarts_total{actor=\"tenant\",reason=\"exception\"} 0"));
  crash(find("acme"));
  advance(1s);
  CHECK(counted("troupe_actor_restarts_total{actor=\"tenant\",reason=\"exception\"} 1"));
  CHECK_FALSE(counted("acme"));
}

TEST_CASE_METHOD(family, "one for one leaves the other children alone") {
  start({child("a"), child("b")});
  run();
  crash(find("a"));
  advance(1s);
  CHECK(log == strings{"a starts", "b starts", "a starts"});
}

TEST_CASE_METHOD(family, "a permanent child is restarted whatever it ended by") {
  start({child("a")});
  run();
  caf::anon_send(find("a"), caf::close_atom::value);
  advance(1s);
  CHECK(log == strings{"a starts", "a starts"});
}

TEST_CASE_METHOD(family, "a transient child is restarted only when it failed") {
  start({child("a", restart_policy::transient)});
  run();
  crash(find("a"));
  advance(1s);
  CHECK(log == strings{"a starts", "a starts"});
  caf::anon_send(find("a"), caf::close_atom::value);
  advance(1s);
  CHECK(log.size() == 2);
  CHECK(find_error("a") == runtime_ec::unknown_child);
}

TEST_CASE_METHOD(family, "a temporary child is never restarted") {
  start({child("a", restart_policy::temporary)});
  run();
  crash(find("a"));
  advance(1s);
  CHECK(log == strings{"a starts"});
  CHECK(find_error("a") == runtime_ec::unknown_child);
}

TEST_CASE_METHOD(family, "while a child waits for its restart its users hear so") {
  settings.backoff_base = 10s;
  settings.backoff_limit = 10s;
  start({child("a")});
  run();
  crash(find("a"));
  run();
  CHECK(find_error("a") == runtime_ec::child_down);
}

TEST_CASE_METHOD(family, "the restart of a child that keeps failing is put off longer and longer") {
  settings.max_restarts = 100;
  settings.backoff_base = 1s;
  settings.backoff_limit = 4s;
  fixed.value = 0.999999;
  start({child("a")});
  run();
  std::vector<std::chrono::milliseconds> waits;
  for (int i = 0; i < 4; ++i) {
    crash(find("a"));
    run();
    const auto begin = time->monotonic();
    while (!find("a"))
      advance(1ms);
    waits.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(time->monotonic() - begin));
  }
  CHECK(waits == std::vector<std::chrono::milliseconds>{999ms, 1999ms, 3999ms, 3999ms});
  advance(11s);
  crash(find("a"));
  advance(999ms);
  CHECK(find("a"));
}

TEST_CASE_METHOD(family, "too many restarts in too short a time end the supervisor and all its children") {
  settings.max_restarts = 3;
  start({child("a"), child("b")});
  run();
  for (int i = 0; i < 4; ++i) {
    CHECK_FALSE(something_ended());
    crash(find("a"));
    advance(500ms);
  }
  CHECK(describe(reason_of_end()) == "restart_intensity: a");
  CHECK(log.back() == "b stops");
}

TEST_CASE_METHOD(family, "restarts that are long past don't count") {
  settings.max_restarts = 3;
  start({child("a")});
  run();
  for (int i = 0; i < 10; ++i) {
    crash(find("a"));
    advance(4s);
  }
  CHECK_FALSE(something_ended());
  CHECK(find("a"));
}

TEST_CASE_METHOD(family, "a supervisor that gave up is restarted by its own") {
  child_spec inner;
  inner.name = "inner";
  inner.start = [this](caf::actor_system& system) {
    supervisor_settings strict;
    strict.max_restarts = 0;
    std::vector<child_spec> specs;
    specs.push_back(child("a"));
    return caf::actor_cast<caf::actor>(
        spawn_named(system, {.name = "inner"}, supervisor, strict, std::move(specs), std::ref(*chance), probe));
  };
  start({inner});
  run();
  crash(last_life);
  advance(1s);
  CHECK(log == strings{"a starts", "a starts"});
  CHECK_FALSE(something_ended());
  CHECK(metrics.render().find("{actor=\"inner\",reason=\"restart_intensity\"} 1") != std::string::npos);
}

TEST_CASE_METHOD(family, "rest for one stops those that were started later, in reverse order, and starts them anew") {
  settings.strategy = restart_strategy::rest_for_one;
  start({child("a"), child("b"), child("c"), child("d")});
  run();
  log.clear();
  crash(find("b"));
  advance(1s);
  CHECK(log == strings{"d stops", "c stops", "b starts", "c starts", "d starts"});
}

TEST_CASE_METHOD(family, "rest for one begins earlier when an earlier child fails meanwhile") {
  settings.strategy = restart_strategy::rest_for_one;
  settings.backoff_base = 1s;
  fixed.value = 0.5;
  start({child("a"), child("b"), child("c")});
  run();
  log.clear();
  const auto first = find("a");
  crash(find("b"));
  run();
  crash(first);
  advance(5s);
  CHECK(log == strings{"c stops", "a starts", "b starts", "c starts"});
}

TEST_CASE_METHOD(family, "rest for one doesn't count the ends of those that it restarts anyway") {
  settings.strategy = restart_strategy::rest_for_one;
  settings.max_restarts = 1;
  start({child("a"), stubborn("b"), child("c")});
  run();
  log.clear();
  const auto b = find("b");
  crash(find("a"));
  run();
  crash(b);
  advance(5s);
  CHECK(log == strings{"c stops", "b is asked to stop", "a starts", "b starts", "c starts"});
  CHECK_FALSE(something_ended());
}

TEST_CASE_METHOD(family, "rest for one drops temporary children that it had to stop") {
  settings.strategy = restart_strategy::rest_for_one;
  start({child("a"), child("b", restart_policy::temporary), child("c")});
  run();
  log.clear();
  crash(find("a"));
  advance(1s);
  CHECK(log == strings{"c stops", "b stops", "a starts", "c starts"});
  CHECK(find_error("b") == runtime_ec::unknown_child);
}

TEST_CASE_METHOD(family, "a child whose start fails counts as one that ended") {
  settings.max_restarts = 5;
  failing_starts = 2;
  start({child("a"), child("b")});
  advance(5s);
  std::sort(log.begin(), log.end());
  CHECK(log == strings{"a fails to start", "a starts", "b fails to start", "b starts"});
  CHECK(find("a"));
}

TEST_CASE_METHOD(family, "a child that can't be started at all makes its supervisor give up") {
  settings.max_restarts = 2;
  failing_starts = 100;
  start({child("a")});
  advance(20s);
  CHECK(describe(reason_of_end()) == "restart_intensity: a");
}

TEST_CASE_METHOD(family, "a start that gives no actor fails") {
  settings.max_restarts = 0;
  child_spec nothing;
  nothing.name = "nothing";
  nothing.start = [](caf::actor_system&) { return caf::actor{}; };
  start({nothing});
  run();
  CHECK(describe(reason_of_end()) == "restart_intensity: nothing");
}

TEST_CASE_METHOD(family, "in rest for one a failing start makes the rest wait once more") {
  settings.strategy = restart_strategy::rest_for_one;
  start({child("a"), child("b"), child("c")});
  run();
  log.clear();
  failing_starts = 1;
  crash(find("a"));
  advance(5s);
  CHECK(log == strings{"c stops", "b stops", "a fails to start", "a starts", "b starts", "c starts"});
}

TEST_CASE_METHOD(family, "a child can be added, and stopped for good") {
  start({child("a")});
  auto added = ask(root, caf::add_atom::value, std::make_shared<child_spec>(child("b")));
  run();
  CHECK(answer<caf::actor>(added));
  CHECK(find("b"));
  auto removed = ask(root, caf::delete_atom::value, std::string{"b"});
  run();
  CHECK(outsider->has_next_message());
  removed.receive([] {}, [](caf::error&) { FAIL("refused"); });
  CHECK(log == strings{"a starts", "b starts", "b stops"});
  CHECK(find_error("b") == runtime_ec::unknown_child);
}

TEST_CASE_METHOD(family, "a name is given once") {
  start({child("a")});
  auto added = ask(root, caf::add_atom::value, std::make_shared<child_spec>(child("a")));
  run();
  CHECK(answer<caf::actor>(added) == caf::make_error(runtime_ec::duplicate_child, std::string{"a"}));
}

TEST_CASE_METHOD(family, "a child that is added but doesn't start is down") {
  start({});
  failing_starts = 1;
  auto added = ask(root, caf::add_atom::value, std::make_shared<child_spec>(child("a")));
  run();
  CHECK(answer<caf::actor>(added) == caf::make_error(runtime_ec::child_down, std::string{"a"}));
}

TEST_CASE_METHOD(family, "nobody can be stopped whom nobody knows") {
  start({});
  auto removed = ask(root, caf::delete_atom::value, std::string{"x"});
  run();
  caf::error reason;
  removed.receive([] { FAIL("accepted"); }, [&](caf::error& e) { reason = e; });
  CHECK(reason == runtime_ec::unknown_child);
}

TEST_CASE_METHOD(family, "a child that waits for its restart can be stopped for good") {
  settings.backoff_base = 10s;
  fixed.value = 0.9;
  start({child("a")});
  run();
  crash(find("a"));
  run();
  caf::anon_send(root, caf::delete_atom::value, std::string{"a"});
  advance(1min);
  CHECK(log == strings{"a starts"});
}

TEST_CASE_METHOD(family, "a child that is added while the rest is restarted waits for its turn") {
  settings.strategy = restart_strategy::rest_for_one;
  settings.backoff_base = 10s;
  settings.backoff_limit = 10s;
  start({child("a"), child("b")});
  run();
  log.clear();
  crash(find("a"));
  run();
  auto added = ask(root, caf::add_atom::value, std::make_shared<child_spec>(child("c")));
  run();
  CHECK(answer<caf::actor>(added) == caf::make_error(runtime_ec::child_down, std::string{"c"}));
  advance(10s);
  CHECK(log == strings{"b stops", "a starts", "b starts", "c starts"});
}

TEST_CASE_METHOD(family, "when the child that the rest waits for is stopped for good, the rest is started without it") {
  settings.strategy = restart_strategy::rest_for_one;
  settings.backoff_base = 10s;
  settings.backoff_limit = 10s;
  start({child("a"), child("b"), child("c")});
  run();
  log.clear();
  crash(find("a"));
  run();
  caf::anon_send(root, caf::delete_atom::value, std::string{"a"});
  advance(10s);
  CHECK(log == strings{"c stops", "b stops", "b starts", "c starts"});
}

TEST_CASE_METHOD(family, "a child that is stopped for good while the rest is restarted isn't started again") {
  settings.strategy = restart_strategy::rest_for_one;
  start({child("a"), stubborn("b"), child("c")});
  run();
  log.clear();
  crash(find("a"));
  run();
  caf::anon_send(root, caf::delete_atom::value, std::string{"b"});
  caf::anon_send(root, caf::delete_atom::value, std::string{"b"});
  advance(10s);
  CHECK(log == strings{"c stops", "b is asked to stop", "a starts", "c starts"});
  CHECK(find_error("b") == runtime_ec::unknown_child);
}
