#include "storage/sqlite/erasure.hpp"

namespace troupe::storage::sqlite {

namespace {

/// While it lives, nobody is waited for for long: who appends waits meanwhile, and a backup may read for minutes.
class hurry {
public:
  explicit hurry(connection& on) : on_{on}, before_{on.wait_for(std::chrono::milliseconds{20})} {}
  ~hurry() {
    on_.wait_for(before_);
  }
  hurry(const hurry&) = delete;
  hurry& operator=(const hurry&) = delete;

private:
  connection& on_;
  std::chrono::milliseconds before_;
};

} // namespace

erasure::erasure(connection& on)
    : on_{on},
      keep_numbers_{on,
                    "INSERT INTO meta SELECT 'entities_given', max(coalesce((SELECT max(entity) FROM journals), 0), "
                    "coalesce((SELECT max(entity) FROM conversations), 0)) WHERE true "
                    "ON CONFLICT DO UPDATE SET value = max(value, excluded.value)"},
      count_{on, "INSERT INTO meta VALUES ('erasures', 1) ON CONFLICT DO UPDATE SET value = value + 1"},
      value_{on, "SELECT value FROM meta WHERE name = ?1"}, empty_log_{on, "PRAGMA wal_checkpoint(TRUNCATE)"},
      // Erasures of others that came meanwhile aren't counted in.
      cleaned_{on, "INSERT INTO meta VALUES ('erasures_cleaned', ?1) "
                   "ON CONFLICT DO UPDATE SET value = max(value, excluded.value)"} {}

void erasure::begin() {
  keep_numbers_.execute();
  count_.execute();
}

std::int64_t erasure::value_of(const char* name) {
  auto row = value_.rows(name);
  return row.next() ? row.integer(0) : 0;
}

void erasure::clean_log() {
  const auto erasures = value_of("erasures");
  if (erasures == value_of("erasures_cleaned"))
    return;
  {
    const hurry up{on_};
    auto row = empty_log_.rows();
    if (!row.next() || row.integer(0) != 0)
      return;
  }
  write_transaction change{on_};
  cleaned_.execute(erasures);
  change.commit();
}

} // namespace troupe::storage::sqlite
