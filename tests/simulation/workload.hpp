#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/fault.hpp"

namespace troupe::simulation {

class world;

/// Somebody who uses the engine: clients of one kind, or operators. A new kind of entity (durable timers, nodes)
/// brings its own workload beside `webhooks`, and is added in `make_workloads`.
class workload {
public:
  virtual ~workload() = default;

  /// Plans what it will do on the world's timeline. Called once, before the first process starts.
  virtual void begin() = 0;

  /// A fault that concerns it; others are to be ignored.
  virtual void apply(const fault&) {}

  /// The engine's process is about to be gone: its connections are.
  virtual void process_ended() {}

  /// Nobody waits for anything any more.
  virtual bool settled() const = 0;

  /// What it waits for, for messages; empty = nothing that it could name.
  virtual std::string open_thing() const {
    return {};
  }

  /// Looks over what came of it once all is at rest; tells the world of violations.
  virtual void check() = 0;
};

std::vector<std::unique_ptr<workload>> make_workloads(world& in);

} // namespace troupe::simulation
