#include "actors/tenancy/directory.hpp"

#include <utility>

namespace troupe::actors {

tenant_table::tenant_table(std::uint64_t version, std::vector<storage::tenant> tenants) : version_{version} {
  tenants_.reserve(tenants.size());
  for (auto& each : tenants) {
    auto id = each.id;
    tenants_.emplace(std::move(id), std::make_shared<const storage::tenant>(std::move(each)));
  }
}

tenant_ptr tenant_table::find(std::string_view id) const {
  const auto found = tenants_.find(id);
  return found == tenants_.end() ? nullptr : found->second;
}

std::shared_ptr<const tenant_table> tenant_directory::table() const {
  std::lock_guard guard{mutex_};
  return table_;
}

tenant_ptr tenant_directory::find(std::string_view id) const {
  return table()->find(id);
}

void tenant_directory::publish(std::shared_ptr<const tenant_table> table) {
  std::lock_guard guard{mutex_};
  table_ = std::move(table);
}

} // namespace troupe::actors
