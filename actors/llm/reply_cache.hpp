#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "actors/llm/messages.hpp"
#include "actors/runtime/clock.hpp"
#include "config/metrics.hpp"

namespace prometheus {
class Counter;
}

namespace troupe::actors {

/// Replies that models gave, for calls that ask exactly the same: of the same tenant, by the same words, settings and
/// chain of providers. The least recently used ones go first. Any thread.
///
/// Metrics: `troupe_llm_cache_total{outcome}`: `hit`, `miss`.
class reply_cache {
public:
  /// @param bytes that the replies and their keys may take; 0 = nothing is kept
  /// @param lifetime of a reply
  /// @param chain names the providers and their models in order
  reply_cache(std::size_t bytes, std::chrono::milliseconds lifetime, std::string chain,
              std::shared_ptr<const clock> time, config::metrics& metrics);

  /// What tells calls apart; nothing for a call whose reply isn't kept.
  std::optional<std::string> key_of(const model_call& call) const;

  /// As it came, but for free: without tokens, cost and latency.
  std::optional<model_reply> find(const std::string& key);

  /// Keeps a whole reply; what was cut off isn't kept.
  void put(const std::string& key, const model_reply& reply);

private:
  struct entry {
    std::string key;
    model_reply reply;
    std::chrono::nanoseconds until{0};
    std::size_t size = 0;
  };

  using entries = std::list<entry>;

  void remove(entries::iterator which);

  const std::size_t limit_;
  const std::chrono::milliseconds lifetime_;
  const std::string chain_;
  std::shared_ptr<const clock> time_;
  prometheus::Counter& hits_;
  prometheus::Counter& misses_;
  std::mutex mutex_;
  entries entries_; ///< most recently used first
  std::unordered_map<std::string, entries::iterator> by_key_;
  std::size_t size_ = 0;
};

} // namespace troupe::actors
