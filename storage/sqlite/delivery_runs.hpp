#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/sqlite/digest_filter.hpp"
#include "storage/sqlite/statement.hpp"
#include "storage/types.hpp"

namespace troupe::storage::sqlite {

/// A delivery and the job that it made.
struct known_delivery {
  digest key{};
  std::int64_t entity = 0; ///< 0: expired since
  timestamp expires;
};

/// Deliveries in runs of some ten thousand, each sorted by digest and never changed: chunks of a page each, a filter
/// that keeps most questions from reading one, and the first digest of each chunk. A run goes when its last delivery
/// has expired. All members are called inside a write transaction.
class delivery_runs {
public:
  explicit delivery_runs(connection& on);

  /// Reads what runs there are but their chunks. Those already known aren't read again.
  void load();
  void forget() noexcept {
    runs_.clear();
  }

  /// The latest delivery of that digest, expired or not.
  std::optional<known_delivery> find(const digest& key);

  /// @param sorted by digest, not empty
  void add(std::span<const known_delivery> sorted);

  /// Drops one run whose deliveries have all expired; returns how many it had.
  std::size_t expire(timestamp now);

private:
  struct run {
    std::int64_t number;
    std::size_t rows;
    timestamp expires;
    digest_filter filter;
    std::vector<digest> fences;
  };

  std::optional<known_delivery> find_in(const run& in, const digest& key);

  std::vector<run> runs_; ///< oldest first
  statement newer_;
  statement chunk_;
  statement put_run_;
  statement put_chunk_;
  statement drop_run_;
  statement drop_chunks_;
};

} // namespace troupe::storage::sqlite
