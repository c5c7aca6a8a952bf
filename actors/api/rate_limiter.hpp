#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace troupe::actors::api {

/// Counts what each key does against a rate per minute. A key may use a minute's allowance at once and gets it back
/// evenly (generic cell rate algorithm, ITU-T I.371). Any thread.
class rate_limiter {
public:
  /// @param max_keys keys remembered at a time; the stalest are forgotten first when there are more
  explicit rate_limiter(std::size_t max_keys = 100'000);

  /// Takes one of the key's `per_minute` and returns nothing, or takes nothing and returns how long until there is one.
  /// @param per_minute 0 = no limit
  /// @param now any monotonic reading
  std::optional<std::chrono::nanoseconds> take(std::string_view key, unsigned per_minute, std::chrono::nanoseconds now);

  /// Puts back one that was taken for nothing.
  void give_back(std::string_view key, unsigned per_minute);

private:
  struct shard {
    std::mutex mutex;
    /// When the key's allowance will be whole again.
    std::unordered_map<std::string, std::chrono::nanoseconds> whole_at;
  };

  void make_room(shard& in, std::chrono::nanoseconds now) const;

  std::array<shard, 16> shards_;
  std::size_t max_keys_per_shard_;
};

} // namespace troupe::actors::api
