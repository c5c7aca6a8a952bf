#include "storage/keyring.hpp"

#include <cstring>

#include <openssl/crypto.h>

namespace troupe::storage {

namespace {

constexpr std::string_view check_text = "troupe";

key_bytes bytes_of(const config::secret& value) {
  key_bytes result;
  if (value.reveal().size() != result.size())
    throw error{fault::wrong_key, "a master key has 32 bytes, this one has " + std::to_string(value.reveal().size())};
  std::memcpy(result.data(), value.reveal().data(), result.size());
  return result;
}

std::string_view view_of(const key_bytes& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

std::optional<key_bytes> key_from(std::string& opened) {
  key_bytes result;
  if (opened.size() != result.size())
    return std::nullopt;
  std::memcpy(result.data(), opened.data(), result.size());
  OPENSSL_cleanse(opened.data(), opened.size());
  return result;
}

} // namespace

void associated_data::part(std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  for (int shift = 0; shift < 32; shift += 8)
    bytes_.push_back(static_cast<char>((size >> shift) & 0xff));
  bytes_.append(text);
}

associated_data associated_data::check() {
  associated_data result{'c'};
  return result;
}

associated_data associated_data::tenant_key(std::string_view tenant) {
  associated_data result{'t'};
  result.part(tenant);
  return result;
}

associated_data associated_data::field(std::string_view tenant, std::string_view name) {
  associated_data result{'f'};
  result.part(tenant);
  result.part(name);
  return result;
}

associated_data associated_data::user_key(std::string_view tenant, std::string_view user) {
  associated_data result{'u'};
  result.part(tenant);
  result.part(user);
  return result;
}

associated_data associated_data::entity_data_key(std::string_view tenant, entity_kind kind, std::string_view id) {
  auto result = event(tenant, kind, id);
  result.bytes_[0] = 'k';
  return result;
}

associated_data associated_data::event(std::string_view tenant, entity_kind kind, std::string_view id) {
  associated_data result{'e'};
  result.bytes_.reserve(24 + tenant.size() + id.size());
  result.bytes_.push_back(static_cast<char>(kind));
  result.part(tenant);
  result.part(id);
  return result;
}

associated_data& associated_data::number(std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8)
    bytes_.push_back(static_cast<char>((value >> shift) & 0xff));
  return *this;
}

keyring::keyring(const config::secret& master, const std::optional<config::secret>& previous)
    : master_{bytes_of(master)} {
  if (previous)
    previous_ = bytes_of(*previous);
}

keyring::~keyring() {
  OPENSSL_cleanse(master_.data(), master_.size());
  if (previous_)
    OPENSSL_cleanse(previous_->data(), previous_->size());
}

key_bytes keyring::make_key() {
  key_bytes result;
  cipher_.random().fill(result.data(), result.size());
  return result;
}

std::string keyring::make_check() {
  std::string result;
  cipher_.seal(master_, associated_data::check().view(), check_text, result);
  return result;
}

bool keyring::open_by_master(const associated_data& owner, std::string_view sealed, std::string& out, sealed_by& by) {
  by = sealed_by::current;
  if (cipher_.open(master_, owner.view(), sealed, out))
    return true;
  by = sealed_by::previous;
  return previous_ && cipher_.open(*previous_, owner.view(), sealed, out);
}

keyring::sealed_by keyring::verify_check(std::string_view check) {
  std::string opened;
  sealed_by by;
  if (!open_by_master(associated_data::check(), check, opened, by) || opened != check_text)
    throw error{fault::wrong_key, "the master key is not the one that this database was sealed with"};
  return by;
}

std::string keyring::wrap_tenant_key(std::string_view tenant, const key_bytes& key) {
  std::string result;
  cipher_.seal(master_, associated_data::tenant_key(tenant).view(), view_of(key), result);
  return result;
}

key_bytes keyring::unwrap_tenant_key(std::string_view tenant, std::string_view wrapped) {
  std::string opened;
  sealed_by by;
  if (open_by_master(associated_data::tenant_key(tenant), wrapped, opened, by))
    if (auto key = key_from(opened))
      return *key;
  throw error{fault::corrupt, "the key of tenant " + std::string{tenant} + " doesn't open"};
}

void keyring::wrap_data_key(const key_bytes& by, const associated_data& owner, const key_bytes& key, std::string& out) {
  cipher_.seal(by, owner.view(), view_of(key), out);
}

std::optional<key_bytes> keyring::unwrap_data_key(const key_bytes& by, const associated_data& owner,
                                                  std::string_view wrapped) {
  std::string opened;
  if (!cipher_.open(by, owner.view(), wrapped, opened))
    return std::nullopt;
  return key_from(opened);
}

} // namespace troupe::storage
