#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/jobs.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// Finds pending jobs in a fair order; see `reader::due_jobs`. Costs by what it returns and skips, not by what waits.
class due {
public:
  explicit due(connection& on);

  std::vector<due_job> jobs(timestamp now, std::size_t limit, const std::function<bool(std::string_view)>& skip);
  std::optional<timestamp> next(timestamp now);

private:
  /// A tenant's jobs, fetched piece by piece: where the last piece ended.
  struct lane {
    std::int64_t tenant;
    std::string id;
    int priority = 3;
    std::int64_t due_at = 0;
    std::int64_t entity = 0;
    std::vector<std::string> fetched; ///< last first
    bool exhausted = false;
  };

  /// The next tenant with pending jobs after `tenant` that isn't paused.
  std::optional<lane> lane_after(std::int64_t tenant);
  void refill(lane& of, timestamp now, std::size_t count, const std::function<bool(std::string_view)>& skip);

  std::int64_t last_served_ = 0;

  statement next_tenant_;
  statement tenant_;
  statement piece_;
  statement upcoming_;
};

} // namespace troupe::storage::sqlite
