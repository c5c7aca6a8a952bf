#pragma once

#include <vector>

#include "storage/ledger.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// Calls of models, added up; see `reader`.
class ledger_sums {
public:
  explicit ledger_sums(connection& on);

  /// @param tenant 0 = of all
  std::vector<spending_row> by(const spending_filter& filter, std::int64_t tenant);

private:
  statement& sums_of(spending_key key);

  statement by_tenant_;
  statement by_user_;
  statement by_agent_;
  statement by_day_;
  statement by_provider_;
  statement by_model_;
  statement by_outcome_;
};

} // namespace troupe::storage::sqlite
