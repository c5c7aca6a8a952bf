#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "actors/runtime/clock.hpp"
#include "actors/runtime/random.hpp"

namespace troupe::actors {

/// Makes UUIDs of version 7: 36 characters of lower-case text that sort by their time. Each is greater than the one
/// before, also when the clock stands still or goes back. Any thread.
class id_source {
public:
  /// Both must outlive this object.
  id_source(const clock& time, random& chance) noexcept;

  std::string next();

private:
  const clock& time_;
  random& chance_;
  std::mutex mutex_;
  std::uint64_t last_ms_ = 0;
  std::uint64_t high_ = 0; ///< 12 random bits after the time
  std::uint64_t low_ = 0;  ///< 62 random bits at the end
};

} // namespace troupe::actors
