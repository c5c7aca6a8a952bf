#include "storage/sqlite/schema.hpp"

#include "storage/sqlite/migrations.hpp"

#include <algorithm>
#include <string>

namespace troupe::storage::sqlite {

namespace {

constexpr std::int64_t application = 0x54726f75; // "Trou": marks the file as ours
constexpr int latest = static_cast<int>(migration_count);

void set_version(connection& on, int version) {
  on.execute(("PRAGMA user_version=" + std::to_string(version)).c_str());
}

void run(connection& on, std::string_view script) {
  on.execute(std::string{script}.c_str());
}

void step_up(connection& on, int version) {
  const auto& step = migrations[static_cast<std::size_t>(version - 1)];
  if (version == 1)
    on.execute(("PRAGMA application_id=" + std::to_string(application)).c_str());
  run(on, step.up);
  set_version(on, version);
}

void step_down(connection& on, int version) {
  const auto& step = migrations[static_cast<std::size_t>(version - 1)];
  if (step.down.empty())
    throw error{fault::refused,
                on.path() + ": going below version " + std::to_string(version) + " would lose what is stored"};
  run(on, step.down);
  set_version(on, version - 1);
}

/// Makes all tables in one step: whoever opens the file at the same moment sees an empty database or a whole one.
int create(connection& on) {
  write_transaction whole{on};
  // Looked at anew under the lock: another process may have been faster.
  const auto found = state_of(on).current;
  if (found > 0)
    return found;
  for (int version = 1; version <= latest; ++version)
    step_up(on, version);
  whole.commit();
  return latest;
}

} // namespace

int latest_version() noexcept {
  return latest;
}

migration_status state_of(connection& on) {
  const auto owner = on.number_of("PRAGMA application_id");
  const auto version = static_cast<int>(on.number_of("PRAGMA user_version"));
  const bool empty = on.number_of("SELECT count(*) FROM sqlite_schema") == 0;
  if (owner != application && !(empty && version == 0))
    throw error{fault::corrupt, on.path() + " is a database of another program"};
  return {version, latest};
}

void prepare(connection& on) {
  auto [current, known] = state_of(on);
  if (current == 0)
    current = create(on);
  if (current < known)
    throw error{fault::older_schema, on.path() + " has schema version " + std::to_string(current)
                                         + ", this program needs " + std::to_string(known)
                                         + ": run `troupe migrate up`"};
  if (current > known)
    throw error{fault::newer_schema, on.path() + " has schema version " + std::to_string(current)
                                         + ", this program knows " + std::to_string(known)
                                         + ": run a newer troupe, or its `troupe migrate down --to "
                                         + std::to_string(known) + '`'};
}

migration_status migrate(connection& on, int target) {
  if (target < 1 || target > latest)
    throw error{fault::refused,
                "schema versions are 1 to " + std::to_string(latest) + ", not " + std::to_string(target)};
  for (;;) {
    // Looked at anew under the lock: another process may be migrating.
    write_transaction step{on};
    const auto [current, known] = state_of(on);
    if (current > known)
      throw error{fault::newer_schema, on.path() + " has schema version " + std::to_string(current)
                                           + ", this program knows " + std::to_string(known)};
    if (current == target)
      return {current, known};
    if (current < target)
      step_up(on, current + 1);
    else
      step_down(on, current);
    step.commit();
  }
}

} // namespace troupe::storage::sqlite
