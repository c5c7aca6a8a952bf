#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/runtime/handle_ref.hpp"
#include "actors/tenancy/tenant.hpp"

namespace troupe::actors {

/// Where each tenant's actor is found. Filled by the tenants' supervisor. Any thread.
class tenant_registry {
public:
  /// The cell that the tenant's supervisor fills.
  handle_ref<tenant_actor> cell(const std::string& tenant) {
    std::lock_guard guard{mutex_};
    return cells_[tenant];
  }

  /// The present life; invalid when there is none.
  tenant_actor find(const std::string& tenant) const {
    std::lock_guard guard{mutex_};
    const auto found = cells_.find(tenant);
    return found == cells_.end() ? tenant_actor{} : found->second.get();
  }

  void forget(const std::string& tenant) {
    std::lock_guard guard{mutex_};
    cells_.erase(tenant);
  }

private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, handle_ref<tenant_actor>> cells_;
};

} // namespace troupe::actors
