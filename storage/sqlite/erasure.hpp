#pragma once

#include <cstdint>

#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// What has to be seen to when journals are erased.
class erasure {
public:
  explicit erasure(connection& on);

  /// Inside the write transaction that erases, before anything is gone. Notes that the log of writes holds what is
  /// erased, and that no number of an entity is given again: deliveries name jobs by them, and another process may
  /// still know the head of a journal by one.
  void begin();

  /// Copies the log of writes into the database and empties it when something was erased since it was last emptied, so
  /// that no page of before stays readable there. When a reader is in the way, the next call tries again. Not inside a
  /// transaction.
  void clean_log();

private:
  std::int64_t value_of(const char* name);

  connection& on_;
  statement keep_numbers_;
  statement count_;
  statement value_;
  statement empty_log_;
  statement cleaned_;
};

} // namespace troupe::storage::sqlite
