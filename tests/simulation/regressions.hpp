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
    regression{31'736, "a journal writer that was killed before it began leaves its successor in place"},
    regression{43'355, "nobody looks too early for a note because the clock was set forward during the write"},
    regression{50'337, "a job that crashes goes on, though the intake that began it has died and its tenant is paused"},
    regression{75'274, "no model is asked for a conversation whose erasure is stored"},
};

} // namespace troupe::simulation
