#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/runtime/supervisor.hpp"
#include "config/metrics.hpp"
#include "tests/support/actor_fixture.hpp"

namespace troupe::testing {

/// Always the same chance.
struct fixed_chance final : actors::random {
  std::uint64_t bits() override {
    return static_cast<std::uint64_t>(value * 0x1.0p63) * 2;
  }
  double value = 0.5;
};

/// A supervisor with children that tell what happens to them.
struct family : actor_fixture {
  config::metrics metrics;
  std::shared_ptr<actors::supervisor_probe> probe = std::make_shared<actors::supervisor_probe>(metrics);
  fixed_chance fixed;
  actors::supervisor_settings settings;
  std::vector<std::string> log;
  int failing_starts = 0;
  caf::actor last_life;
  actors::supervisor_actor root;

  ~family() {
    // Before what the children refer to goes.
    if (root)
      caf::anon_send_exit(root, caf::exit_reason::kill);
    run();
  }

  void start(std::vector<actors::child_spec> specs) {
    root = keep(actors::spawn_named(sys, {.name = "root"}, actors::supervisor, settings, std::move(specs),
                                    std::reference_wrapper<actors::random>{fixed}, probe));
    watch(root);
  }

  /// What starts the lives of a child that stops when asked to.
  auto lives(std::string name) {
    return [this, name = std::move(name)](caf::actor_system& system) {
      if (failing_starts > 0) {
        --failing_starts;
        log.push_back(name + " fails to start");
        throw std::runtime_error{"no luck"};
      }
      log.push_back(name + " starts");
      last_life =
          actors::spawn_named(system, {.name = name}, [this, name](caf::event_based_actor* me) -> caf::behavior {
            me->set_exit_handler([this, name, me](caf::exit_msg& what) {
              log.push_back(name + " stops");
              me->quit(what.reason);
            });
            return conduct(me);
          });
      return last_life;
    };
  }

  actors::child_spec child(std::string name, actors::restart_policy policy = actors::restart_policy::permanent) {
    actors::child_spec result;
    result.name = name;
    result.restart = policy;
    result.start = lives(std::move(name));
    return result;
  }

  /// A child that hears the request to stop and goes on.
  actors::child_spec stubborn(std::string name) {
    actors::child_spec result;
    result.name = name;
    result.start = [this, name](caf::actor_system& system) {
      log.push_back(name + " starts");
      return caf::actor{
          actors::spawn_named(system, {.name = name}, [this, name](caf::event_based_actor* me) -> caf::behavior {
            me->set_exit_handler([this, name](caf::exit_msg&) { log.push_back(name + " is asked to stop"); });
            return conduct(me);
          })};
    };
    return result;
  }

  static caf::behavior conduct(caf::event_based_actor* me) {
    return {
        [](caf::put_atom) { throw std::runtime_error{"boom"}; },
        [me](caf::close_atom) { me->quit(); },
    };
  }

  static void crash(const caf::actor& whom) {
    caf::anon_send(whom, caf::put_atom::value);
  }

  /// The present life of a child of the root; invalid when it has none.
  caf::actor find(const std::string& name) {
    auto asked = ask(root, caf::get_atom::value, name);
    run();
    auto found = answer<caf::actor>(asked);
    return found ? *found : caf::actor{};
  }

  caf::error find_error(const std::string& name) {
    auto asked = ask(root, caf::get_atom::value, name);
    run();
    auto found = answer<caf::actor>(asked);
    return found ? caf::error{} : found.error();
  }
};

} // namespace troupe::testing
