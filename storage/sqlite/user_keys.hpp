#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/keyring.hpp"
#include "storage/sqlite/statement.hpp"
#include "storage/sqlite/tenants.hpp"

namespace troupe::storage::sqlite {

/// What conversations know a user by, and the key that wraps theirs.
struct user_key {
  std::int64_t number = 0;
  key_bytes key{};
};

/// The keys of users. A user has one from the first conversation to the end of the last one. Called inside a
/// transaction; all but `find` inside one that writes.
class user_keys {
public:
  user_keys(connection& on, keyring& keys);

  /// Makes the key if the user has none. Throws `error{fault::corrupt}` when it doesn't open.
  user_key find_or_make(std::string_view tenant, const tenants::identity& owner, std::string_view user);

  /// Removes a user's key; returns what conversations know the user by, 0 when there is none.
  std::int64_t drop(std::int64_t tenant, std::string_view user);
  /// Removes the key of a user who has no conversation any more.
  void drop_unused(std::int64_t user);

private:
  keyring& keys_;
  std::string wrapped_; ///< reused
  statement find_;
  statement insert_;
  statement drop_;
  statement drop_unused_;
};

/// The wrapped keys that lead to a conversation's events.
struct wrapped_keys {
  std::string_view user; ///< the user's id
  std::string_view user_key;
  std::string_view data_key;
};

/// Opens a conversation's key. Throws `error{fault::corrupt}`.
key_bytes open_conversation_key(keyring& keys, const key_bytes& tenant_key, const entity_key& conversation,
                                const wrapped_keys& wrapped);

} // namespace troupe::storage::sqlite
