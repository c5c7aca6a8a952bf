#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <optional>

#include <caf/exit_reason.hpp>

#include "actors/runtime/supervisor.hpp"
#include "tests/actor/runtime/family.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;
using strings = std::vector<std::string>;

namespace {

/// A supervisor of its own kind, with dynamic children.
struct nursery_state {
  static inline constexpr const char* name = "nursery";
  std::unique_ptr<supervision> children;
};

struct nursery : family {
  strings ends;

  caf::actor house;

  void open() {
    house = spawn([this](caf::stateful_actor<nursery_state>* me) -> caf::behavior {
      me->state.children = std::make_unique<supervision>(me, settings, fixed, nullptr);
      me->state.children->equip();
      me->state.children->start(child("named"));
      return {
          [me](tick what) { me->state.children->on_tick(what); },
          [me, this](caf::add_atom, const caf::actor& life) {
            me->state.children->adopt(life, [this](const caf::error& reason) { ends.push_back(describe(reason)); });
          },
          [me](caf::get_atom) { return me->state.children->size(); },
          [](caf::put_atom) { throw std::runtime_error{"the house burns"}; },
      };
    });
    watch(house);
    run();
  }

  caf::actor adopt(const child_spec& spec) {
    auto life = spec.start(sys);
    caf::anon_send(house, caf::add_atom::value, life);
    run();
    return life;
  }

  std::size_t size() {
    auto asked = ask(house, caf::get_atom::value);
    run();
    return *answer<std::size_t>(asked);
  }

  ~nursery() {
    caf::anon_send_exit(house, caf::exit_reason::kill);
    run();
  }
};

} // namespace

TEST_CASE_METHOD(family, "a supervisor that is told to stop stops its children in reverse order") {
  start({child("a"), child("b"), child("c")});
  run();
  log.clear();
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  run();
  CHECK(log == strings{"c stops", "b stops", "a stops"});
  CHECK(reason_of_end() == caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(family, "a peer's normal end doesn't stop a supervisor") {
  start({child("a")});
  run();
  caf::anon_send_exit(root, caf::exit_reason::normal);
  run();
  CHECK_FALSE(something_ended());
}

TEST_CASE_METHOD(family, "a child that doesn't stop in time is killed, and the ones before it are stopped after it") {
  auto slow = stubborn("b");
  slow.stop_limit = 2s;
  start({child("a"), slow});
  run();
  log.clear();
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  advance(1999ms);
  CHECK(log == strings{"b is asked to stop"});
  CHECK_FALSE(something_ended());
  advance(1ms);
  CHECK(log == strings{"b is asked to stop", "a stops"});
  CHECK(reason_of_end() == caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(family, "a killed child that blocks its thread is left behind") {
  auto hidden = caf::actor{};
  child_spec blocked;
  blocked.name = "blocked";
  blocked.stop_limit = 2s;
  blocked.start = [&, this](caf::actor_system& system) {
    hidden =
        spawn_named(system, {.name = "blocked"}, [](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
    return hidden;
  };
  start({child("a"), blocked});
  run();
  log.clear();
  hold(hidden);
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  advance(2s);
  CHECK(log.empty());
  advance(1s);
  CHECK(log == strings{"a stops"});
  CHECK(reason_of_end() == caf::exit_reason::user_shutdown);
  release();
}

TEST_CASE_METHOD(family, "restarts that wait are given up when the supervisor stops") {
  settings.backoff_base = 10s;
  fixed.value = 0.9;
  start({child("a"), child("b")});
  run();
  crash(find("a"));
  run();
  log.clear();
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  advance(1min);
  CHECK(log == strings{"b stops"});
}

TEST_CASE_METHOD(family, "a supervisor that stops starts nobody") {
  start({stubborn("a")});
  run();
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  run();
  auto added = ask(root, caf::add_atom::value, std::make_shared<child_spec>(child("b")));
  run();
  CHECK(answer<caf::actor>(added) == caf::make_error(runtime_ec::stopped));
}

TEST_CASE_METHOD(family, "when a supervisor is killed its children die with it") {
  handle_ref<caf::actor> where;
  start({supervised("a", where, lives("a"))});
  run();
  const auto life = where.get();
  watch(life);
  caf::anon_send_exit(root, caf::exit_reason::kill);
  run();
  CHECK(reason_of_end() == caf::exit_reason::kill);
  CHECK(reason_of_end() == caf::exit_reason::kill);
  CHECK_FALSE(where);
}

TEST_CASE_METHOD(family, "a child that is stopped for good is killed when it doesn't obey") {
  auto slow = stubborn("a");
  slow.stop_limit = 2s;
  start({slow, child("b")});
  run();
  watch(find("a"));
  caf::anon_send(root, caf::delete_atom::value, std::string{"a"});
  advance(2s);
  CHECK(reason_of_end() == caf::exit_reason::kill);
  CHECK(find_error("a") == runtime_ec::unknown_child);
  CHECK(find("b"));
}

TEST_CASE_METHOD(nursery, "a dynamic child's end is told, and it isn't restarted") {
  open();
  auto life = adopt(child("x"));
  CHECK(size() == 2);
  crash(life);
  run();
  CHECK(ends == strings{"crashed: boom"});
  CHECK(size() == 1);
}

TEST_CASE_METHOD(nursery, "dynamic children are stopped together, before those with names") {
  open();
  adopt(child("x"));
  adopt(child("y"));
  log.clear();
  caf::anon_send_exit(house, caf::exit_reason::user_shutdown);
  run();
  REQUIRE(log.size() == 3);
  CHECK(log.back() == "named stops");
  CHECK(ends.size() == 2);
  CHECK(reason_of_end() == caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(nursery, "dynamic children that don't stop in time are killed") {
  settings.dynamic_stop_limit = 3s;
  open();
  adopt(stubborn("x"));
  log.clear();
  caf::anon_send_exit(house, caf::exit_reason::user_shutdown);
  advance(2999ms);
  CHECK(log == strings{"x is asked to stop"});
  advance(1ms);
  CHECK(log == strings{"x is asked to stop", "named stops"});
  CHECK(ends == strings{"kill"});
}

TEST_CASE_METHOD(nursery, "dynamic children that block their threads are left behind") {
  settings.dynamic_stop_limit = 3s;
  open();
  auto life = adopt(stubborn("x"));
  hold(life);
  caf::anon_send_exit(house, caf::exit_reason::user_shutdown);
  advance(4s);
  CHECK(ends == strings{"kill"});
  CHECK(reason_of_end() == caf::exit_reason::user_shutdown);
  release();
}

TEST_CASE_METHOD(nursery, "a child that is adopted while the supervisor stops is told to stop too") {
  open();
  adopt(stubborn("x"));
  caf::anon_send_exit(house, caf::exit_reason::user_shutdown);
  run();
  log.clear();
  adopt(child("late"));
  CHECK(log == strings{"late starts", "late stops"});
}

TEST_CASE_METHOD(nursery, "a supervisor's crash takes its dynamic children with it") {
  open();
  watch(adopt(child("x")));
  caf::anon_send(house, caf::put_atom::value);
  run();
  strings reasons{describe(reason_of_end()), describe(reason_of_end())};
  std::sort(reasons.begin(), reasons.end());
  CHECK(reasons == strings{"crashed: the house burns", "kill"});
}

TEST_CASE_METHOD(family, "a tree that stops by itself is told so") {
  start({child("a")});
  run();
  std::optional<bool> ended;
  stop_tree(sys, caf::actor_cast<caf::actor>(root), 20s, [&](bool in_time) { ended = in_time; });
  run();
  CHECK(ended == true);
}

TEST_CASE_METHOD(family, "a tree that doesn't stop in time is killed") {
  auto slow = stubborn("a");
  slow.stop_limit = 1h;
  start({slow});
  run();
  std::optional<bool> ended;
  stop_tree(sys, caf::actor_cast<caf::actor>(root), 20s, [&](bool in_time) { ended = in_time; });
  advance(19999ms);
  CHECK_FALSE(ended);
  advance(1ms);
  CHECK(ended == false);
  CHECK(reason_of_end() == caf::exit_reason::kill);
}

TEST_CASE_METHOD(family, "a tree whose root blocks its thread is given up") {
  start({});
  run();
  hold(caf::actor_cast<caf::actor>(root));
  std::optional<bool> ended;
  stop_tree(sys, caf::actor_cast<caf::actor>(root), 20s, [&](bool in_time) { ended = in_time; });
  advance(21s);
  CHECK(ended == false);
  release();
}
