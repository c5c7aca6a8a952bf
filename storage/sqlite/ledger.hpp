#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/journal.hpp"
#include "storage/sqlite/statement.hpp"
#include "storage/sqlite/tenants.hpp"

namespace troupe::storage::sqlite {

/// Calls of models as they are written; see `writer`. Called inside a write transaction.
class ledger {
public:
  explicit ledger(connection& on);

  append_result put(const ledger_entry& entry, const tenants::identity& owner);

  /// See `writer::settle_open_calls`.
  std::size_t settle_open();

  /// From now on nothing tells whose this conversation's calls were.
  void forget_conversation(std::int64_t tenant, std::string_view id);
  /// The same of all that a user had. Returns how many users: 0 or 1.
  std::size_t forget_user(std::int64_t tenant, std::string_view user);

  /// See `writer::expire_calls`.
  std::size_t expire(timestamp before, std::size_t count);

  /// After another process's commit, or a transaction that wasn't: numbers may have been given to others.
  void forget_numbers() noexcept {
    next_call_ = 0;
  }

private:
  append_result open(const ledger_entry& entry, std::int64_t tenant);
  append_result close(const ledger_entry& entry, std::int64_t tenant);
  std::int64_t number_of(std::int64_t tenant, std::string_view user);
  spending spent(const spending_limit& limit, const call_record& who, std::int64_t tenant, std::int64_t user);
  /// Adds to the day's sums of the tenant and of the user.
  void add_to_day(std::int64_t tenant, std::int64_t user, std::int64_t day, std::int64_t tokens, nanodollars cost);

  connection& on_;
  std::int64_t next_call_ = 0; ///< 0 = not known
  statement last_call_;
  statement insert_;
  statement find_open_;
  statement close_;
  statement add_to_day_;
  statement days_;
  statement entity_;
  statement run_;
  statement find_user_;
  statement insert_user_;
  statement settle_open_;
  statement forget_conversation_;
  statement forget_user_;
  statement expire_;
  statement expire_days_;
  statement drop_unknown_user_;
};

} // namespace troupe::storage::sqlite
