#pragma once

#include <chrono>
#include <cstdint>

#include "storage/types.hpp"

namespace troupe::storage::sqlite {

/// The quarter of an hour that a moment is in: what the index of idle conversations holds, since it changes seldom.
inline std::int64_t quarter_of(timestamp moment) {
  return std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<900>>>(moment.time_since_epoch()).count();
}

} // namespace troupe::storage::sqlite
