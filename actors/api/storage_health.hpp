#pragma once

#include <atomic>
#include <optional>

#include "storage/types.hpp"

namespace troupe::actors::api {

/// Whether storage takes writes and gives them back: what readiness, health and the door go by. Any thread.
class storage_health {
public:
  void wrote() noexcept {
    fault_.store(none, std::memory_order_relaxed);
  }

  void failed(storage::fault why) noexcept {
    fault_.store(static_cast<int>(why), std::memory_order_relaxed);
  }

  /// What the last look into the database met. A writer may still commit from its cached pages into a database that is
  /// broken on the disk: what can't be read back must not be promised.
  void looked(std::optional<storage::fault> what) noexcept {
    corrupt_.store(what == storage::fault::corrupt, std::memory_order_relaxed);
  }

  bool corrupt() const noexcept {
    return corrupt_.load(std::memory_order_relaxed);
  }

  std::optional<storage::fault> fault() const noexcept {
    if (corrupt())
      return storage::fault::corrupt;
    const auto now = fault_.load(std::memory_order_relaxed);
    if (now == none)
      return std::nullopt;
    return static_cast<storage::fault>(now);
  }

private:
  static constexpr int none = -1;

  std::atomic<int> fault_{none};
  std::atomic<bool> corrupt_ = false;
};

} // namespace troupe::actors::api
