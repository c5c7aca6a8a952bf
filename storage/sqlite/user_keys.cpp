#include "storage/sqlite/user_keys.hpp"

namespace troupe::storage::sqlite {

user_keys::user_keys(connection& on, keyring& keys)
    : keys_{keys}, find_{on, "SELECT user, data_key FROM user_keys WHERE tenant = ?1 AND id = ?2"},
      insert_{on, "INSERT INTO user_keys (tenant, id, data_key) VALUES (?1, ?2, ?3) RETURNING user"},
      drop_unused_{on, "DELETE FROM user_keys WHERE user = ?1 "
                       "AND NOT EXISTS (SELECT 1 FROM conversations WHERE user = ?1)"} {}

std::optional<user_key> user_keys::find(std::string_view tenant, const tenants::identity& owner,
                                        std::string_view user) {
  auto row = find_.rows(owner.number, user);
  if (!row.next())
    return std::nullopt;
  return user_key{row.integer(0), open_user_key(keys_, tenant, owner.key, user, row.text(1))};
}

user_key user_keys::make(std::string_view tenant, const tenants::identity& owner, std::string_view user) {
  user_key made{0, keys_.make_key()};
  keys_.wrap_data_key(owner.key, associated_data::user_data_key(tenant, user), made.key, wrapped_);
  auto row = insert_.rows(owner.number, user, blob{wrapped_});
  row.next();
  made.number = row.integer(0);
  row.next(); // to the end: SQLite writes it then
  return made;
}

void user_keys::drop_unused(std::int64_t user) {
  drop_unused_.execute(user);
}

key_bytes open_user_key(keyring& keys, std::string_view tenant, const key_bytes& tenant_key, std::string_view user,
                        std::string_view wrapped) {
  const auto key = keys.unwrap_data_key(tenant_key, associated_data::user_data_key(tenant, user), wrapped);
  if (!key)
    throw error{fault::corrupt, "the key of a user of tenant " + std::string{tenant} + " doesn't open"};
  return *key;
}

} // namespace troupe::storage::sqlite
