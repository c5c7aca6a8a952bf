#pragma once

#include <memory>

#include "storage/backend.hpp"
#include "tests/simulation/network.hpp"

namespace troupe::simulation {

class world;

/// The world's database as one process sees it: fails when faults are armed, shows the checker every commit, and is out
/// of reach once the process has crashed.
std::unique_ptr<storage::backend> make_database(world& in, life_ptr of);

} // namespace troupe::simulation
