#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/backend.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// Notes of the local desk, by tenants' numbers; see `reader` and `writer`.
class notes {
public:
  explicit notes(connection& on);

  std::vector<local_note> of_ticket(std::int64_t tenant, std::string_view ticket);
  std::vector<local_note> recent(std::int64_t tenant, std::size_t limit);

  /// Inside a write transaction. Returns the id of the note that is there afterwards.
  std::string put(std::int64_t tenant, const local_note& note, std::string_view marker);

private:
  statement of_ticket_;
  statement recent_;
  statement marked_;
  statement insert_;
};

} // namespace troupe::storage::sqlite
