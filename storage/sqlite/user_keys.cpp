#include "storage/sqlite/user_keys.hpp"

namespace troupe::storage::sqlite {

namespace {

key_bytes open_user_key(keyring& keys, std::string_view tenant, const key_bytes& tenant_key, std::string_view user,
                        std::string_view wrapped) {
  const auto key = keys.unwrap_data_key(tenant_key, associated_data::user_key(tenant, user), wrapped);
  if (!key)
    throw error{fault::corrupt, "the key of a user of tenant " + std::string{tenant} + " doesn't open"};
  return *key;
}

/// The number that a statement returns, 0 without a row. It is run to its end: only then is everything done.
std::int64_t number_in(statement::run row) {
  std::int64_t number = 0;
  while (row.next())
    number = row.integer(0);
  return number;
}

} // namespace

user_keys::user_keys(connection& on, keyring& keys)
    : keys_{keys}, find_{on, "SELECT user, data_key FROM user_keys WHERE tenant = ?1 AND id = ?2"},
      insert_{on, "INSERT INTO user_keys (tenant, id, data_key) VALUES (?1, ?2, ?3) RETURNING user"},
      drop_{on, "DELETE FROM user_keys WHERE tenant = ?1 AND id = ?2 RETURNING user"},
      drop_unused_{on, "DELETE FROM user_keys WHERE user = ?1 "
                       "AND NOT EXISTS (SELECT 1 FROM conversations WHERE user = ?1)"} {}

user_key user_keys::find_or_make(std::string_view tenant, const tenants::identity& owner, std::string_view user) {
  if (auto row = find_.rows(owner.number, user); row.next())
    return {row.integer(0), open_user_key(keys_, tenant, owner.key, user, row.text(1))};
  const auto key = keys_.make_key();
  keys_.wrap_data_key(owner.key, associated_data::user_key(tenant, user), key, wrapped_);
  return {number_in(insert_.rows(owner.number, user, blob{wrapped_})), key};
}

std::int64_t user_keys::drop(std::int64_t tenant, std::string_view user) {
  return number_in(drop_.rows(tenant, user));
}

void user_keys::drop_unused(std::int64_t user) {
  drop_unused_.execute(user);
}

key_bytes open_conversation_key(keyring& keys, const key_bytes& tenant_key, const entity_key& conversation,
                                const wrapped_keys& wrapped) {
  const auto& [tenant, kind, id] = conversation;
  const auto key = keys.unwrap_data_key(open_user_key(keys, tenant, tenant_key, wrapped.user, wrapped.user_key),
                                        associated_data::entity_data_key(tenant, kind, id), wrapped.data_key);
  if (!key)
    throw error{fault::corrupt, "the key of journal " + id + " of tenant " + tenant + " doesn't open"};
  return *key;
}

} // namespace troupe::storage::sqlite
