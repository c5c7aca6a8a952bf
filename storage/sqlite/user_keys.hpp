#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/keyring.hpp"
#include "storage/sqlite/statement.hpp"
#include "storage/sqlite/tenants.hpp"

namespace troupe::storage::sqlite {

/// What conversations know a user by, and the key that seals what is said in them.
struct user_key {
  std::int64_t number = 0;
  key_bytes key{};
};

/// The keys of users. A user has one from the first conversation to the end of the last one. Called inside a
/// transaction, `make` and the removals inside one that writes.
class user_keys {
public:
  user_keys(connection& on, keyring& keys);

  /// Nothing when the user has none. Throws `error{fault::corrupt}` when it doesn't open.
  std::optional<user_key> find(std::string_view tenant, const tenants::identity& owner, std::string_view user);
  user_key make(std::string_view tenant, const tenants::identity& owner, std::string_view user);

  /// Removes the key of a user who has no conversation any more.
  void drop_unused(std::int64_t user);

private:
  keyring& keys_;
  std::string wrapped_; ///< reused
  statement find_;
  statement insert_;
  statement drop_unused_;
};

/// Opens a user's wrapped key. Throws `error{fault::corrupt}`.
key_bytes open_user_key(keyring& keys, std::string_view tenant, const key_bytes& tenant_key, std::string_view user,
                        std::string_view wrapped);

} // namespace troupe::storage::sqlite
