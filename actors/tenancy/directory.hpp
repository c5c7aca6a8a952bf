#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/tenants.hpp"

namespace troupe::actors {

using tenant_ptr = std::shared_ptr<const storage::tenant>;

/// All tenants at one moment.
class tenant_table {
public:
  tenant_table() = default;
  tenant_table(std::uint64_t version, std::vector<storage::tenant> tenants);

  /// Null when there is none of this id.
  tenant_ptr find(std::string_view id) const;

  /// Calls `visit(tenant_ptr)` for each.
  template <class F>
  void for_each(F visit) const {
    for (const auto& [id, each] : tenants_)
      visit(each);
  }

  std::uint64_t version() const noexcept {
    return version_;
  }

  std::size_t size() const noexcept {
    return tenants_.size();
  }

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::uint64_t version_ = 0;
  std::unordered_map<std::string, tenant_ptr, text_hash, std::equal_to<>> tenants_;
};

/// The tenants as they stand in storage, kept in memory. Network threads and actors read it; `directory_keeper` keeps
/// it fresh. Any thread.
class tenant_directory {
public:
  std::shared_ptr<const tenant_table> table() const;
  tenant_ptr find(std::string_view id) const;

  void publish(std::shared_ptr<const tenant_table> table);

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const tenant_table> table_ = std::make_shared<tenant_table>();
};

} // namespace troupe::actors
