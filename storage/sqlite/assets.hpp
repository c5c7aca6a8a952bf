#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/documents.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// The inventory, by tenants' numbers; see `reader` and `writer`.
class assets {
public:
  explicit assets(connection& on);

  /// Inside a read transaction.
  std::vector<asset> find(std::int64_t tenant, std::span<const std::string> addresses);

  /// Inside a write transaction.
  void put(std::int64_t tenant, std::span<const asset> rows);

private:
  statement by_address_;
  statement asset_;
  statement addresses_;
  statement insert_;
  statement give_address_;
  statement drop_if_bare_;
  statement grow_version_;
};

} // namespace troupe::storage::sqlite
