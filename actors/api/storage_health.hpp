#pragma once

#include <atomic>
#include <optional>

#include "storage/types.hpp"

namespace troupe::actors::api {

/// Whether the last attempt to write succeeded: what readiness and health tell. Any thread.
class storage_health {
public:
  void wrote() noexcept {
    fault_.store(none, std::memory_order_relaxed);
  }

  void failed(storage::fault why) noexcept {
    fault_.store(static_cast<int>(why), std::memory_order_relaxed);
  }

  std::optional<storage::fault> fault() const noexcept {
    const auto now = fault_.load(std::memory_order_relaxed);
    if (now == none)
      return std::nullopt;
    return static_cast<storage::fault>(now);
  }

private:
  static constexpr int none = -1;

  std::atomic<int> fault_{none};
};

} // namespace troupe::actors::api
