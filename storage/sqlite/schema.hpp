#pragma once

#include <string_view>

#include "storage/backend.hpp"
#include "storage/sqlite/connection.hpp"

namespace troupe::storage::sqlite {

/// One step of the schema, from the version below it and back. An empty `down` can't be taken back without losing data.
struct migration {
  int version;
  std::string_view up;
  std::string_view down;
};

int latest_version() noexcept;

/// What this program knows and what the file has. Throws `error{fault::corrupt}` for a database of another program.
migration_status state_of(connection& on);

/// Makes an empty database ours; refuses an older or newer one with the command to run.
void prepare(connection& on);

/// Step by step to `target`, each step in a transaction of its own.
migration_status migrate(connection& on, int target);

} // namespace troupe::storage::sqlite
