#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <caf/actor.hpp>
#include <caf/actor_clock.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/system_messages.hpp>

#include "actors/runtime/handle_ref.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/runtime/probes.hpp"
#include "actors/runtime/random.hpp"
#include "actors/runtime/spawn.hpp"

namespace troupe::actors {

using std::chrono::milliseconds;

enum class restart_policy : std::uint8_t {
  /// Restarted whenever it ends.
  permanent,
  /// Restarted when it ends with an error.
  transient,
  /// Never restarted.
  temporary,
};

enum class restart_strategy : std::uint8_t {
  /// Only the child that ended is restarted.
  one_for_one,
  /// The child that ended and those started after it: they depend on it.
  rest_for_one,
};

/// A child with a name that is started in order, and again when it ends.
struct child_spec {
  std::string name;
  /// What metrics call it; empty = by its name. Children whose number isn't bounded share one.
  std::string label = {};
  /// Starts one life. What it throws counts as the end of that life. Runs on the supervisor; must not block.
  std::function<caf::actor(caf::actor_system&)> start;
  restart_policy restart = restart_policy::permanent;
  /// From the request to stop until the child is killed.
  milliseconds stop_limit{5'000};
  /// Told of each life's handle, and of an invalid one when the child is down: fill a `handle_ref` here.
  std::function<void(const caf::actor&)> publish;
};

/// A spec whose lives are found through `where`.
template <class Handle, class Start>
child_spec supervised(std::string name, handle_ref<Handle> where, Start start) {
  child_spec result;
  result.name = std::move(name);
  result.start = [start = std::move(start)](caf::actor_system& system) {
    return caf::actor_cast<caf::actor>(start(system));
  };
  result.publish = [where](const caf::actor& life) mutable { where.set(caf::actor_cast<Handle>(life)); };
  return result;
}

struct supervisor_settings {
  restart_strategy strategy = restart_strategy::one_for_one;
  unsigned max_restarts = 5; ///< within `window`; one more and the supervisor gives up
  milliseconds window{10'000};
  milliseconds backoff_base{20}; ///< up to this before the first restart, up to twice as much before each further one
  milliseconds backoff_limit{5'000};
  milliseconds dynamic_stop_limit{5'000}; ///< as `child_spec::stop_limit`, for dynamic children together
};

/// The logic of a supervisor inside the actor that is one. Wire it up like this:
/// - `equip(self)` in the behaviour function, then `start` for each child in order;
/// - `[self](tick t) { self->state.children.on_tick(t); }` among the handlers.
/// It takes the down and exit handlers: children's ends are treated by their restart policy, an exit message stops the
/// children in reverse order and then ends the actor. Too many restarts stop the children and end the actor with
/// `runtime_ec::restart_intensity`. When the actor dies in any other way, its children are told to exit.
/// Not thread-safe: belongs to its actor.
class supervision {
public:
  /// @param chance must outlive the actor
  /// @param probe may be null
  supervision(caf::scheduled_actor* self, supervisor_settings settings, random& chance,
              std::shared_ptr<supervisor_probe> probe);
  ~supervision();

  supervision(const supervision&) = delete;
  supervision& operator=(const supervision&) = delete;

  /// Takes the actor's down and exit handlers.
  void equip();

  /// Starts a child after those that were started before. False when the name is taken or the supervisor is stopping.
  bool start(child_spec spec);

  /// Stops a child for good. False when there is none of this name.
  bool stop(const std::string& name);

  /// The present life; invalid when unknown or down.
  caf::actor find(const std::string& name) const;

  bool knows(const std::string& name) const;

  /// What is called with the reason when a dynamic child has ended.
  using end_handler = std::function<void(const caf::error& reason)>;

  /// Takes an actor that was just spawned as a dynamic child: it is never restarted here, costs one table entry, and
  /// is stopped with all other dynamic ones, before those with names.
  void adopt(const caf::actor& life, end_handler ended = {});

  /// Children that live, dynamic ones included.
  std::size_t size() const noexcept;
  std::size_t dynamic_size() const noexcept {
    return dynamic_.size();
  }

  bool stopping() const noexcept {
    return stopping_;
  }

  /// Stops dynamic children, then the others in reverse order, then ends the actor with `reason`.
  void shut_down(caf::error reason);

  void on_tick(const tick& what);

private:
  enum class phase : std::uint8_t { down, waiting, running, stopping };

  struct child {
    child_spec spec;
    caf::actor handle;
    phase state = phase::down;
    bool removed = false;  ///< forgotten once it is down
    bool killed = false;   ///< asking did not help
    unsigned failures = 0; ///< in a row, for the back-off
    caf::actor_clock::time_point started{};
    caf::actor_clock::time_point due{}; ///< of the restart when waiting, of the next measure when stopping
  };

  struct dynamic_child {
    caf::actor handle;
    end_handler ended;
  };

  using time_point = caf::actor_clock::time_point;

  void on_down(const caf::down_msg& what);
  void on_exit(const caf::exit_msg& what);
  void child_ended(child& which, const caf::error& reason);
  bool is_restarted_with_rest(const child& which) const;
  static const std::string& label_of(const child& which);
  void plan_restart(child& which, const caf::error& reason);
  bool may_restart(time_point now);
  bool launch(child& which);
  void ask_to_stop(child& which);
  bool still_stopping(child& which);
  void life_over(child& which);
  void forget(child& which);
  void step();
  void step_one_for_one();
  void step_rest_for_one();
  void step_stop();
  bool dynamic_gone();
  void order_tick();
  time_point now() const;

  caf::scheduled_actor* self_;
  supervisor_settings settings_;
  random& chance_;
  std::shared_ptr<supervisor_probe> probe_;
  std::vector<std::unique_ptr<child>> children_; ///< in the order of their start
  std::unordered_map<std::string, child*> by_name_;
  std::unordered_map<caf::actor_id, child*> by_id_; ///< of present lives
  std::unordered_map<caf::actor_id, dynamic_child> dynamic_;
  std::deque<time_point> restarts_;       ///< within the window
  child* rest_from_ = nullptr;            ///< rest-for-one under way: first child to be started again
  std::optional<time_point> dynamic_due_; ///< of the next measure against dynamic children that don't stop
  bool dynamic_killed_ = false;
  std::optional<time_point> ordered_; ///< when the next tick comes
  std::uint64_t generation_ = 0;      ///< of that tick
  bool stopping_ = false;
  bool ended_ = false;
  caf::error stop_reason_;
};

} // namespace troupe::actors
