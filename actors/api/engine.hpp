#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "config/settings.hpp"
#include "config/workflow.hpp"

namespace troupe::actors::api {

/// The whole server in one process: storage, actors, network. One life: start, then stop.
/// Its functions belong to one thread, which must not be one of an actor.
class engine {
public:
  /// Throws `config::invalid_configuration` for agents with faults.
  engine(config::settings settings, config::ticket_workflow workflow);

  /// Stops if that wasn't done.
  ~engine();

  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// Opens storage, starts the actors, listens. Jobs that a former process left unfinished go on at once.
  /// Throws `storage::error` (storage can't be opened), or `std::runtime_error` that names what is wrong (port in use,
  /// certificate unreadable). Afterwards it may only be destroyed.
  void start();

  /// The port listened on.
  std::uint16_t port() const;

  /// Whether the actors' tree has given up by itself: the process was told to end then, and should say that it failed.
  bool failed() const;

  /// Stops in good order: takes no more requests, lets jobs finish or park, commits what waits, ends the actors.
  /// @param limit after which what still runs is dropped; its journal has what is needed to go on
  /// @return whether everything ended by itself; if not, an actor may still be at work, and is left behind
  bool stop(std::chrono::milliseconds limit = std::chrono::seconds{20});

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::actors::api
