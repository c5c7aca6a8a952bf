#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/backend.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// Looks at jobs one by one and in lists; see `reader`. Tenants are given by number.
class jobs {
public:
  explicit jobs(connection& on);

  std::optional<job_record> find(std::int64_t tenant, std::string_view id);
  std::optional<job_record> find(std::string_view id);
  std::vector<job_record> list(const job_filter& filter, std::int64_t tenant);
  queue_depth depth();

private:
  /// The place of a job in the order of acceptance; 0 for an unknown one.
  std::int64_t entity_of(std::string_view id);

  statement find_;
  statement find_anywhere_;
  statement entity_of_;
  statement all_;
  statement of_tenant_;
  statement open_;
  statement open_of_tenant_;
  statement ended_;
  statement ended_of_tenant_;
  statement version_;
  statement count_open_;
  statement count_dead_;
  queue_depth depth_;
  std::int64_t counted_at_ = 0; ///< the state of the database that `depth_` is of
};

} // namespace troupe::storage::sqlite
