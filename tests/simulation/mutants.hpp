#pragma once

#include <string_view>
#include <vector>

namespace troupe::simulation {

/// The names of the mutations that are built in, the first one being number 1. None in `simulation_engine`.
std::vector<std::string_view> mutants();

/// Switches one on for this process; 0 = none.
void switch_on(unsigned number);

} // namespace troupe::simulation
