#pragma once

#include <string>
#include <string_view>

#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// What proves that the master key is the right one; empty in a database that has none yet.
inline std::string load_check(connection& on) {
  statement find{on, "SELECT value FROM meta WHERE name = 'key_check'"};
  auto row = find.rows();
  return row.next() ? row.string(0) : std::string{};
}

/// Inside a write transaction.
inline void store_check(connection& on, std::string_view check) {
  statement{on, "INSERT INTO meta VALUES ('key_check', ?1) ON CONFLICT DO UPDATE SET value = excluded.value"}.execute(
      blob{check});
}

} // namespace troupe::storage::sqlite
