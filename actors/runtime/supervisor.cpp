#include "actors/runtime/supervisor.hpp"

#include <future>
#include <utility>

#include <caf/after.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

namespace troupe::actors {
namespace {

struct stopper_state {
  static inline constexpr const char* name = "stopper";

  std::function<void(bool)> done;
  bool in_time = true;

  void finish(bool ended) {
    if (done)
      std::exchange(done, {})(ended);
  }

  ~stopper_state() {
    finish(false);
  }
};

/// Watches one tree end.
caf::behavior stopper(caf::stateful_actor<stopper_state>* self, caf::actor root, milliseconds limit,
                      std::function<void(bool)> done) {
  self->state.done = std::move(done);
  self->set_down_handler([self](caf::down_msg&) {
    self->state.finish(self->state.in_time);
    self->quit();
  });
  self->monitor(root);
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  self->delayed_send(self, limit, tick{});
  // A strong handle until the end: the root may be known to nobody else.
  return {
      [self, root](tick) {
        if (!self->state.in_time) {
          self->quit();
          return;
        }
        self->state.in_time = false;
        caf::anon_send_exit(root, caf::exit_reason::kill);
        // An actor that blocks its thread doesn't even see this.
        self->delayed_send(self, std::chrono::seconds{1}, tick{});
      },
  };
}

} // namespace

supervisor_actor::behavior_type supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
                                           supervisor_settings settings, std::vector<child_spec> specs,
                                           std::reference_wrapper<random> chance,
                                           std::shared_ptr<supervisor_probe> probe) {
  self->state.children = std::make_unique<supervision>(self, settings, chance, std::move(probe));
  self->state.children->equip();
  for (auto& spec : specs)
    self->state.children->start(std::move(spec));
  return {
      [self](caf::get_atom, const std::string& name) -> caf::result<caf::actor> {
        if (!self->state.children->knows(name))
          return caf::make_error(runtime_ec::unknown_child, name);
        if (auto found = self->state.children->find(name))
          return found;
        return caf::make_error(runtime_ec::child_down, name);
      },
      [self](caf::add_atom, const child_spec_ptr& spec) -> caf::result<caf::actor> {
        auto& children = *self->state.children;
        if (children.stopping())
          return caf::make_error(runtime_ec::stopped);
        const auto name = spec->name;
        if (!children.start(*spec))
          return caf::make_error(runtime_ec::duplicate_child, name);
        if (auto found = children.find(name))
          return found;
        return caf::make_error(runtime_ec::child_down, name);
      },
      [self](caf::delete_atom, const std::string& name) -> caf::result<void> {
        if (!self->state.children->stop(name))
          return caf::make_error(runtime_ec::unknown_child, name);
        return caf::unit;
      },
      [self](tick what) { self->state.children->on_tick(what); },
  };
}

void stop_tree(caf::actor_system& system, caf::actor root, milliseconds limit, std::function<void(bool)> done) {
  spawn_named(system, {.name = stopper_state::name}, stopper, std::move(root), limit, std::move(done));
}

bool stop_tree_and_wait(caf::actor_system& system, caf::actor root, milliseconds limit) {
  auto ended = std::make_shared<std::promise<bool>>();
  auto result = ended->get_future();
  stop_tree(system, std::move(root), limit, [ended](bool in_time) { ended->set_value(in_time); });
  return result.get();
}

} // namespace troupe::actors
