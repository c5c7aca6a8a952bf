#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <caf/actor_system.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/api/parts.hpp"
#include "actors/api/tree.hpp"
#include "net/http/router.hpp"
#include "tests/simulation/network.hpp"

namespace troupe::simulation {

class world;

/// One life of the engine: the real parts, the real tree of actors and the real routes, on a scheduler that runs one
/// message at a time in an order that chance picks.
class process {
public:
  /// Starts as `engine` does. Throws `storage::error` when storage can't be used.
  /// @param number of this life
  process(world& in, unsigned number);
  /// Ends it as `kill -9` does, unless it was stopped before. Tells the checker of actors that don't end.
  ~process();

  process(const process&) = delete;
  process& operator=(const process&) = delete;

  bool alive() const noexcept {
    return life_->alive;
  }

  const life_ptr& life() const noexcept {
    return life_;
  }

  /// From now on nothing that it does has an effect.
  void crash() noexcept {
    life_->alive = false;
  }

  /// One message of one actor. False when there is none that may run.
  bool step();

  /// When the scheduler has something to do next.
  std::optional<nanoseconds> next_timer() const;

  void advance(nanoseconds by);

  /// A request as the HTTP server hands it over. The answer is lost with the process.
  void serve(net::http::request& what, std::function<void(net::http::response)> answer);

  /// The actors of this name get no turn before `until` (virtual time).
  void stall(const std::string& name, nanoseconds until);

  /// Somebody who is about to run; empty when nobody is.
  std::string ready_actor(unsigned which) const;

  /// Kills one of those who are about to run; not the tree's root and not who watches it.
  void kill_ready_actor(unsigned which);

  // -- An orderly end, in the steps of `engine::stop` ----------------------------------------------------------------

  void park();
  std::size_t live_jobs() const noexcept {
    return parts_.live_jobs->load();
  }
  /// Jobs and conversations in memory.
  std::size_t live_entities() const noexcept {
    return live_jobs() + (parts_.conversation_lives ? parts_.conversation_lives->live->load() : 0);
  }
  void stop_tree();
  bool tree_stopped() const noexcept {
    return tree_stopped_;
  }

  actors::api::parts& parts() noexcept {
    return parts_;
  }

  /// Bounds that hold at any moment.
  void check_bounds() const;

  /// All jobs have left: nobody lives but the tree.
  void check_at_rest();

private:
  void add_conversations();
  void drain();
  bool held(caf::resumable* job) const;
  void show(caf::resumable* job) const;

  world& world_;
  life_ptr life_ = std::make_shared<simulation::life>();
  actors::api::parts parts_;
  actors::api::engine_config config_;
  std::optional<caf::actor_system> system_;
  caf::scheduler::test_coordinator* scheduler_ = nullptr;
  std::size_t system_actors_ = 0; ///< that CAF itself runs
  caf::actor root_;               ///< null once the tree was told to stop
  caf::actor_addr root_address_;
  net::http::router routes_;
  std::map<std::string, nanoseconds, std::less<>> stalled_;
  bool tree_stopped_ = false;
};

} // namespace troupe::simulation
