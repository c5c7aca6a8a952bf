#include "actors/api/rate_limiter.hpp"

#include <algorithm>
#include <functional>

namespace troupe::actors::api {

using std::chrono::nanoseconds;

rate_limiter::rate_limiter(std::size_t max_keys)
    : max_keys_per_shard_{std::max<std::size_t>(1, max_keys / std::tuple_size_v<decltype(shards_)>)} {
  // nop
}

std::optional<nanoseconds> rate_limiter::take(std::string_view key, unsigned per_minute, nanoseconds now) {
  if (per_minute == 0)
    return std::nullopt;
  const nanoseconds minute = std::chrono::minutes{1};
  const auto cost = minute / per_minute;
  auto& mine = shards_[std::hash<std::string_view>{}(key) % shards_.size()];
  std::lock_guard guard{mine.mutex};
  auto found = mine.whole_at.find(std::string{key});
  if (found == mine.whole_at.end()) {
    if (mine.whole_at.size() >= max_keys_per_shard_)
      make_room(mine, now);
    found = mine.whole_at.emplace(key, now).first;
  }
  const auto next = std::max(found->second, now) + cost;
  if (next > now + minute)
    return next - now - minute;
  found->second = next;
  return std::nullopt;
}

void rate_limiter::give_back(std::string_view key, unsigned per_minute) {
  if (per_minute == 0)
    return;
  auto& mine = shards_[std::hash<std::string_view>{}(key) % shards_.size()];
  std::lock_guard guard{mine.mutex};
  if (const auto found = mine.whole_at.find(std::string{key}); found != mine.whole_at.end())
    found->second -= nanoseconds{std::chrono::minutes{1}} / per_minute;
}

void rate_limiter::make_room(shard& in, nanoseconds now) const {
  std::erase_if(in.whole_at, [now](const auto& entry) { return entry.second <= now; });
  // All of them are in use: a flood of keys. Forgetting any one is the lesser evil beside growing.
  if (in.whole_at.size() >= max_keys_per_shard_)
    in.whole_at.erase(in.whole_at.begin());
}

} // namespace troupe::actors::api
