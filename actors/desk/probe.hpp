#pragma once

#include <string>

#include "actors/runtime/breaker.hpp"
#include "config/metrics.hpp"

namespace troupe::actors {

/// The desks' metrics: `troupe_circuit_state{target="desk:<tenant>"}`, for the first 1,000 tenants. Any thread.
class desk_probe {
public:
  explicit desk_probe(config::metrics& metrics) : metrics_{metrics} {}

  void circuit(const std::string& tenant, actors::circuit state);

private:
  config::metrics& metrics_;
};

} // namespace troupe::actors
