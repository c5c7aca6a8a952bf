#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "storage/backend.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// What happened, for auditors; see `reader` and `writer`.
class audit {
public:
  explicit audit(connection& on);

  std::vector<audit_entry> list(const audit_filter& filter);

  /// Inside a write transaction.
  void put(std::span<const audit_entry> entries);
  /// The same. Looks at the oldest `count` only.
  std::size_t expire(timestamp before, std::size_t count);

private:
  connection& on_;
  statement all_;
  statement of_tenant_;
  statement insert_;
  statement expire_;
};

} // namespace troupe::storage::sqlite
