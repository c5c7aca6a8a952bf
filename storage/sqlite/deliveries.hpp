#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "storage/journal.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// Which deliveries made which jobs. Digests are random: putting each into an index as it comes would rewrite a page of
/// its own per delivery. So the head of a journal carries its delivery, the newest are known in memory, and some ten
/// thousand at a time they settle into the table `deliveries` in the order of their digests, many to a page.
/// All members but `forget_all` are called inside a write transaction.
class deliveries {
public:
  /// What stands for the delivery: half of its SHA-256.
  using digest = std::array<std::uint8_t, 16>;
  static digest digest_of(const delivery& value) noexcept;

  explicit deliveries(connection& on, std::size_t generation = 16'384);

  /// Reads what other processes added since; everything after `forget_all`.
  void catch_up();

  /// The entity that the delivery made, unless it has expired.
  std::optional<std::int64_t> find(const digest& key, timestamp now);

  /// The head of `entity` was just written with this delivery.
  void add(const digest& key, std::int64_t entity, timestamp expires);

  /// Settles a part of what is due: at most `count` rows.
  void settle(std::size_t count);

  /// Forgets expired ones, oldest first, at most `count` looked at; returns how many.
  std::size_t expire(timestamp now, std::size_t count);

  /// After a transaction that failed: memory may be ahead of the database.
  void forget_all() noexcept;

private:
  struct known {
    std::int64_t entity;
    timestamp expires;
  };
  struct hash {
    std::size_t operator()(const digest& key) const noexcept;
  };
  struct settling_row {
    digest key;
    known value; ///< entity 0: expired since
  };

  void rotate();
  std::vector<settling_row>::iterator settling_at(const digest& key);

  std::size_t generation_;
  bool loaded_ = false;
  std::int64_t seen_ = 0; ///< the last entity that memory knows of
  std::unordered_map<digest, known, hash> filling_;
  std::vector<settling_row> settling_; ///< by digest; those before `settled_` are in the table
  std::size_t settled_ = 0;

  statement newer_;
  statement find_;
  statement put_;
  statement fact_;
  statement set_fact_;
  statement oldest_;
  statement drop_;
  statement clear_;
};

} // namespace troupe::storage::sqlite
