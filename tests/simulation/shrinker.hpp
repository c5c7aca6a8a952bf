#pragma once

#include "tests/simulation/plan.hpp"

namespace troupe::simulation {

/// Takes faults and deliveries out of a failing plan while it still fails, until none can be missed. Faults keep their
/// numbers in `kept`: those of the seed's own list.
struct shrunk {
  simulation::plan plan;
  std::vector<std::size_t> kept;
  std::string violation;
};

/// @param of fails
shrunk shrink(const plan& of);

} // namespace troupe::simulation
