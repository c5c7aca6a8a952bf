#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/keyring.hpp"
#include "storage/sqlite/statement.hpp"
#include "storage/tenants.hpp"

namespace troupe::storage::sqlite {

/// The tenants of a database, and their keys, opened once and then kept. One per connection.
class tenants {
public:
  tenants(connection& on, keyring& keys);

  /// What other tables know a tenant by, and its key.
  struct identity {
    std::int64_t number;
    key_bytes key;
  };

  /// Null for an unknown tenant. Valid until `forget`.
  const identity* identify(std::string_view id);
  /// The same, without opening the key; 0 for an unknown tenant.
  std::int64_t number_of(std::string_view id);
  /// The same; an unknown tenant is `error{fault::refused}`.
  std::int64_t need_number_of(std::string_view id);
  /// After another process's commit: tenants may have gone.
  void forget() noexcept {
    known_.clear();
  }

  std::optional<tenant> find(std::string_view id);
  std::vector<tenant> list();
  std::uint64_t version();

  void add(const tenant& value);
  /// See `writer::update_tenant`.
  bool update(const tenant& value, timestamp read_at);
  /// Deletes settings and key; returns the number that other tables know the tenant by, 0 for an unknown one. Inside a
  /// write transaction.
  std::int64_t remove(std::string_view id);

  /// Wraps every tenant's key with the master key of today where the previous one did, and says so in `meta`.
  /// Inside a write transaction.
  void wrap_anew();

private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view id) const noexcept {
      return std::hash<std::string_view>{}(id);
    }
  };
  struct sealed_secrets;

  tenant from_row(const statement::run& row);
  sealed_secrets seal(const tenant& value, const key_bytes& key);
  void put_budgets(const tenant& value, std::int64_t number);
  void grow_version();

  connection& on_;
  keyring& keys_;
  std::unordered_map<std::string, identity, hash, std::equal_to<>> known_;
  statement identify_;
  statement find_;
  statement list_;
  statement version_;
  statement grow_version_;
  statement insert_;
  statement update_;
  statement remove_;
  statement put_budgets_;
  statement drop_budgets_;
};

} // namespace troupe::storage::sqlite
