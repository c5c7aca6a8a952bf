#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/plan.hpp"

namespace troupe::simulation {

struct failed_seed {
  std::uint64_t seed = 0;
  std::string violation;
};

/// What a run of many seeds came to.
struct summary {
  std::uint64_t seeds = 0;
  std::uint64_t hash = 0; ///< of all traces, whatever the order in which they ran
  double lived = 0;       ///< virtual seconds
  std::uint64_t jobs = 0;
  std::uint64_t steps = 0;
  std::vector<failed_seed> failed;
};

/// Runs `count` seeds from `first` on in `processes` of their own; a process stops at its first failing seed if wanted.
summary run_seeds(std::uint64_t first, std::uint64_t count, unsigned processes, bool stop_at_failure);

} // namespace troupe::simulation
