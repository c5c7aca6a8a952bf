#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/journal.hpp"
#include "storage/sqlite/conversation_heads.hpp"
#include "storage/sqlite/deliveries.hpp"
#include "storage/sqlite/heads.hpp"
#include "storage/sqlite/ledger.hpp"
#include "storage/sqlite/tenants.hpp"

namespace troupe::storage::sqlite {

/// Appends to journals: many at a time in one transaction. A batch of new jobs writes pages at the end of each tree
/// only, and an append to a known journal costs two statements.
class journal {
public:
  journal(connection& on, keyring& keys, tenants& owners, ledger& calls);

  std::vector<append_result> append_batch(std::span<const append> batch);

  /// See `writer::release_running_jobs`.
  std::size_t release_running(timestamp now);

  /// See `writer::mark_job`.
  bool mark(const entity_key& job, job_status as, std::string_view error, timestamp now);

  /// After journals were removed by others than appends: what is known of their heads goes.
  void forget_heads() noexcept {
    heads_.clear();
  }

  /// See `deliveries::expire`.
  std::size_t expire_deliveries(timestamp now, std::size_t count);

private:
  /// Sees to it that memory matches the database, once the write lock is held.
  void catch_up();
  void forget_all() noexcept;

  append_result put(const append& value);
  append_result put_call(const append& value);
  append_result create(const append& value);
  append_result accept_job(const append& value, const tenants::identity& owner);
  append_result open_conversation(const append& value, const tenants::identity& owner);
  append_result advance(const append& value);
  append_result erase(const append& value, const tenants::identity& owner, const head& from);

  std::optional<head> find_head(const append& value, const tenants::identity& owner);
  /// Whether the head stood where we think.
  bool move_head(const append& value, const head& from, const head& to);
  /// Returns the number of the last row.
  std::int64_t put_events(const append& value, std::int64_t entity, std::int64_t previous, const key_bytes& key);
  void remember(const append& value, const tenants::identity& owner, head now);

  connection& on_;
  keyring& keys_;
  tenants& tenants_;
  ledger& ledger_;
  deliveries deliveries_;
  conversation_heads conversations_;
  head_cache heads_;
  bool fresh_ = false; ///< memory matches the database as of `data_version_`
  std::int64_t data_version_ = 0;
  std::int64_t next_entity_ = 0;
  std::int64_t next_event_ = 0;
  std::string sealed_; ///< reused

  statement version_;
  statement last_entity_;
  statement last_event_;
  statement insert_head_;
  statement insert_event_;
  statement find_head_;
  statement name_of_;
  statement move_;
  statement move_job_;
  statement move_running_;
  statement release_;
  statement mark_;
};

} // namespace troupe::storage::sqlite
