#pragma once

#include <array>
#include <cstdint>

namespace troupe::simulation {

/// A seed that once found a fault of the engine.
struct regression {
  std::uint64_t seed;
  const char* name; ///< what must hold
};

inline constexpr std::array regressions{
    regression{8, "whoever ends the process when the tree has given up stays in memory"},
    regression{10'165, "a note that waits doesn't go out after its job has given it up, though the clock was set back"},
};

} // namespace troupe::simulation
