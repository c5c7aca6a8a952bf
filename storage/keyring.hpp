#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/secret.hpp"
#include "storage/cipher.hpp"
#include "storage/types.hpp"

namespace troupe::storage {

/// What a sealed value belongs to, as associated data: a value copied to another tenant, field, entity or number
/// doesn't open there. Every part is written with its length, so that no two differ only in where one ends.
class associated_data {
public:
  static associated_data check();
  static associated_data tenant_key(std::string_view tenant);
  /// A secret among a tenant's settings.
  static associated_data field(std::string_view tenant, std::string_view name);
  static associated_data user_key(std::string_view tenant, std::string_view user);
  static associated_data entity_data_key(std::string_view tenant, entity_kind kind, std::string_view id);
  /// An event's payload: the number follows by `number`.
  static associated_data event(std::string_view tenant, entity_kind kind, std::string_view id);

  associated_data& number(std::uint64_t value);

  std::string_view view() const noexcept {
    return bytes_;
  }

private:
  explicit associated_data(char purpose) : bytes_(1, purpose) {}

  void part(std::string_view text);

  std::string bytes_;
};

/// The keys of a database: the master key wraps each tenant's key; a tenant's key seals its secrets and wraps the data
/// keys of its ticket jobs and the keys of its users; a user's key wraps the data keys of the user's conversations; a
/// data key seals its entity's events. Destroying a wrapped key destroys what it sealed.
/// A data key seals at most some thousand events and the others wrap one key per job, user or conversation, far from
/// the 2^32 values at which random nonces of 96 bits become doubtful. One thread.
class keyring {
public:
  /// Throws `error{fault::wrong_key}` for keys that haven't 32 bytes.
  keyring(const config::secret& master, const std::optional<config::secret>& previous);
  ~keyring();
  keyring(const keyring&) = delete;
  keyring& operator=(const keyring&) = delete;

  key_bytes make_key();

  /// Proves later that the master key is the one that made it.
  std::string make_check();
  /// Which key made `check`: throws `error{fault::wrong_key}` when none of ours did.
  enum class sealed_by : std::uint8_t { current, previous };
  sealed_by verify_check(std::string_view check);

  std::string wrap_tenant_key(std::string_view tenant, const key_bytes& key);
  /// By either master key. Throws `error{fault::corrupt}`.
  key_bytes unwrap_tenant_key(std::string_view tenant, std::string_view wrapped);

  /// @param by the key above it: a tenant's, or a user's
  void wrap_data_key(const key_bytes& by, const associated_data& owner, const key_bytes& key, std::string& out);
  /// Nothing when it doesn't open.
  std::optional<key_bytes> unwrap_data_key(const key_bytes& by, const associated_data& owner, std::string_view wrapped);

  cipher& aead() noexcept {
    return cipher_;
  }

private:
  bool open_by_master(const associated_data& owner, std::string_view sealed, std::string& out, sealed_by& by);

  cipher cipher_;
  key_bytes master_{};
  std::optional<key_bytes> previous_;
};

} // namespace troupe::storage
