#include "actors/desk/probe.hpp"

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace troupe::actors {

void desk_probe::circuit(const std::string& tenant, actors::circuit state) {
  prometheus::BuildGauge()
      .Name("troupe_circuit_state")
      .Help("Circuit breakers: 0 closed, 1 half-open, 2 open.")
      .Register(metrics_.registry())
      .Add({{"target", "desk:" + metrics_.tenant_label(tenant)}})
      .Set(static_cast<double>(state));
}

} // namespace troupe::actors
