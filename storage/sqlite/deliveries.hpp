#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/journal.hpp"
#include "storage/sqlite/delivery_runs.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// Which deliveries made which jobs. Digests are random: putting each into an index as it comes would rewrite a page of
/// its own per delivery. So the head of a journal carries its delivery, the newest are known in memory, and some ten
/// thousand at a time they settle as a sorted run.
/// All members but `forget_all` are called inside a write transaction.
class deliveries {
public:
  static digest digest_of(const delivery& value) noexcept;

  /// @param generation deliveries that settle together
  explicit deliveries(connection& on, std::size_t generation = 16'384);

  /// Reads what other processes added since; everything after `forget_all`.
  void catch_up();

  /// The entity that the delivery made, unless it has expired.
  std::optional<std::int64_t> find(const digest& key, timestamp now);

  /// The head of `entity` was just written with this delivery.
  void add(const digest& key, std::int64_t entity, timestamp expires);

  /// Settles the newest if they are enough.
  void settle();

  /// Forgets expired ones, at most one settled run and `count` others; returns how many. A run goes as a whole, when
  /// its last delivery has expired; until then its expired ones just don't count.
  std::size_t expire(timestamp now, std::size_t count);

  /// After a transaction that failed: memory may be ahead of the database.
  void forget_all() noexcept;

private:
  known_delivery* newest(const digest& key);
  void remember(const known_delivery& value);
  void link(std::uint32_t place);

  std::size_t generation_;
  bool loaded_ = false;
  std::int64_t seen_ = 0;              ///< the last entity that memory knows of
  std::vector<known_delivery> newest_; ///< in the order of arrival
  std::vector<std::uint32_t> table_;   ///< places in `newest_` plus 1, by digest; 0 = none. Probed one by one
  delivery_runs settled_;

  statement newer_;
  statement settled_through_;
  statement set_settled_through_;
  statement clear_;
};

} // namespace troupe::storage::sqlite
