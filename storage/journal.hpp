#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/conversations.hpp"
#include "storage/jobs.hpp"
#include "storage/ledger.hpp"
#include "storage/types.hpp"

namespace troupe::storage {

/// What makes two deliveries of a webhook the same: remembered until `expires_at`.
struct delivery {
  std::array<std::uint8_t, 32> key{}; ///< SHA-256 over tenant and what identifies the delivery
  timestamp expires_at;
};

/// Events for one journal, with the projections that must become visible with them; or a line of the ledger.
struct append {
  entity_key entity;
  std::uint64_t expected = 0;    ///< the number of the last event the writer knows; 0 creates the journal
  std::vector<new_event> events; ///< at least one
  timestamp at;
  std::optional<storage::delivery> delivery; ///< of ticket jobs, only when `expected` is 0
  std::optional<job_row> job;                ///< the ticket job's projection after these events

  // -- Of conversations only
  /// Its projection after these events; a conversation's first append must have it. Without, it stays as it is.
  std::optional<conversation_row> conversation;
  /// Only when `expected` is 0: of one tenant, user and agent each slot has one conversation that lives.
  std::string slot;
  /// These events end the conversation. They aren't kept, nor is anything before them: its journal, its row and, with a
  /// user's last conversation, the user's key are removed and overwritten. What the log of writes still holds of it
  /// goes with `writer::clear_removed`.
  bool erase = false;

  /// Given, nothing else counts: no journal is written. Alone in an append, since it fails for reasons of its own.
  std::shared_ptr<const ledger_entry> ledger{};
};

enum class append_outcome : std::uint8_t {
  /// Durable. `number` is the last event's number.
  stored,
  /// The journal's last number isn't `expected`: somebody else wrote, or there is no such tenant; or the ledger's line
  /// isn't open. Nothing of this append was written.
  conflict,
  /// The delivery is known, or the slot is taken: `existing` is the entity that it made or that has it. Nothing of this
  /// append was written.
  duplicate,
  /// A limit of the ledger's entry has no room for it: `number` is the limit's place in `ledger_entry::limits`. Nothing
  /// was written.
  exhausted,
};

struct append_result {
  append_outcome outcome = append_outcome::stored;
  std::uint64_t number = 0; ///< of the last event; of the call in the ledger
  std::string existing;
  std::vector<spending> spent{}; ///< of a new line in the ledger: within each of its limits, itself included
};

} // namespace troupe::storage
