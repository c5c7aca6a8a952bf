#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "storage/backend.hpp"

namespace troupe::testing {

/// A database in memory that can be told to fail. It keeps the rules of the real ones: expected numbers, deliveries,
/// projections in the same step, fair `due_jobs`. Its search counts matching words. Any thread.
class memory_store final : public storage::backend, public std::enable_shared_from_this<memory_store> {
public:
  static std::shared_ptr<memory_store> make() {
    return std::make_shared<memory_store>();
  }

  std::unique_ptr<storage::reader> open_reader() override;
  std::unique_ptr<storage::writer> open_writer() override;
  std::string name() const override {
    return "memory:test";
  }

  // -- Faults ------------------------------------------------------------------------------------------------------

  /// The next `count` calls of any writer throw `storage::error`; nothing of them is written.
  void fail_writes(std::size_t count, storage::fault kind = storage::fault::unavailable);
  /// The next `count` calls of any reader throw `storage::error`.
  void fail_reads(std::size_t count, storage::fault kind = storage::fault::unavailable);
  /// The next `count` attempts to open a connection throw `storage::error`.
  void fail_opens(std::size_t count, storage::fault kind = storage::fault::unavailable);
  /// The next call of a writer throws what storage never should: a bug.
  void crash_next_write();
  /// The same for a reader.
  void crash_next_read();
  /// The next `count` batches are committed, but their last result is left out.
  void forget_answers(std::size_t count);
  /// Batches with an append of this entity throw, again and again.
  void poison(std::string entity_id, storage::fault kind = storage::fault::refused);
  /// Called before each commit of appends, outside of the lock: to let time pass, or to interfere.
  void before_commit(std::function<void()> hook);
  /// The next read journal of this entity isn't what was written.
  void tamper(const storage::entity_key& entity, const std::function<void(std::vector<storage::stored_event>&)>& how);

  // -- What is stored ----------------------------------------------------------------------------------------------

  std::vector<storage::stored_event> events(const storage::entity_key& entity) const;
  std::optional<storage::job_row> job(std::string_view tenant, std::string_view id) const;
  std::optional<storage::conversation_record> conversation(std::string_view tenant, std::string_view id) const;
  std::vector<storage::local_note> notes(std::string_view tenant, std::string_view ticket_id) const;
  std::vector<storage::audit_entry> audit() const;
  /// The ledger's lines in their order; a call's number is its place, from 1 on.
  std::vector<storage::call_record> calls() const;
  /// Sizes of all committed batches of appends.
  std::vector<std::size_t> batches() const;
  /// Writes an append as somebody else would. Throws as a writer does.
  storage::append_result write(const storage::append& what);
  /// Pieces of removed tenants' rows that are still to be removed.
  void leave_removed(std::size_t pieces);
  std::size_t removed_left() const;
  /// How often connections were opened.
  std::size_t readers_opened() const;
  std::size_t writers_opened() const;

private:
  friend class memory_reader;
  friend class memory_writer;

  using journal_key = std::tuple<std::string, storage::entity_kind, std::string>;
  using owned_id = std::pair<std::string, std::string>; ///< tenant, id

  struct known_delivery {
    std::string entity;
    storage::timestamp expires_at;
  };

  struct known_token {
    storage::refresh_token token;
    std::optional<storage::timestamp> used_at;
    storage::token_hash successor{};
  };

  struct planned_fault {
    std::size_t left = 0;
    storage::fault kind = storage::fault::unavailable;

    void check(const char* what);
  };

  storage::append_result apply(const storage::append& what);
  /// The conversation that holds the slot that a first append wants.
  const storage::conversation_record* holder_of_slot(const storage::append& what) const;
  storage::append_result put_call(const storage::ledger_entry& entry);
  void project(const storage::append& what);
  void forget_conversation(const owned_id& id);

  mutable std::mutex mutex_;
  std::map<journal_key, std::vector<storage::stored_event>> journals_;
  std::map<std::array<std::uint8_t, 32>, known_delivery> deliveries_;
  std::map<owned_id, storage::job_row> jobs_;
  std::map<owned_id, storage::conversation_record> conversations_;
  std::vector<owned_id> opened_; ///< conversations in the order of their opening
  std::map<storage::token_hash, known_token> tokens_;
  std::map<std::string, storage::tenant, std::less<>> tenants_;
  std::set<std::string, std::less<>> removed_; // tenants: nothing is written for them any more
  std::uint64_t tenants_version_ = 0;
  std::map<owned_id, storage::past_ticket> tickets_;
  std::map<owned_id, storage::article> articles_;
  std::multimap<std::string, storage::asset, std::less<>> assets_;
  std::map<std::string, std::uint64_t, std::less<>> documents_versions_;
  std::vector<std::pair<std::string, storage::local_note>> notes_;
  std::vector<storage::audit_entry> audit_;
  std::vector<storage::call_record> calls_;
  std::string last_served_; ///< tenant whose job `due_jobs` returned last
  std::vector<std::size_t> batches_;
  std::size_t removed_left_ = 0;
  std::size_t readers_opened_ = 0;
  std::size_t writers_opened_ = 0;
  planned_fault write_fault_;
  planned_fault read_fault_;
  planned_fault open_fault_;
  std::size_t forgotten_answers_ = 0;
  bool crash_write_ = false;
  bool crash_read_ = false;
  std::map<std::string, storage::fault> poisoned_;
  std::shared_ptr<std::function<void()>> before_commit_;
};

} // namespace troupe::testing
