#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/journal.hpp"
#include "storage/sqlite/erasure.hpp"
#include "storage/sqlite/event_chain.hpp"
#include "storage/sqlite/heads.hpp"
#include "storage/sqlite/user_keys.hpp"

namespace troupe::storage::sqlite {

/// The rows of conversations as their journals' writer needs them. Called inside a write transaction.
class conversation_heads {
public:
  conversation_heads(connection& on, keyring& keys);

  /// Why a first append can't be stored: the name or the slot is taken.
  std::optional<append_result> taken(const append& value, const tenants::identity& owner);
  /// Writes the row, and makes the user's key for a first conversation.
  head insert(const append& value, const tenants::identity& owner, std::int64_t entity, std::int64_t last_event);

  std::optional<head> find(const append& value, const tenants::identity& owner);
  /// Whether the head stood at `from`.
  bool move(const append& value, const head& from, const head& to);
  /// Removes journal, row and, with the user's last conversation, the user's key. Whether the head stood at `from`.
  bool erase(const head& from);

private:
  connection& on_;
  keyring& keys_;
  user_keys users_;
  event_chain events_;
  erasure erasure_;
  std::string wrapped_; ///< reused
  statement by_name_;
  statement by_slot_;
  statement insert_;
  statement find_;
  statement move_;
  statement move_row_;
  statement move_talking_;
  statement erase_;
};

/// What the indices of conversations hold about one.
indexed_conversation indexed(const conversation_row& row);

} // namespace troupe::storage::sqlite
