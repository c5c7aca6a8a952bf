#include "storage/sqlite/refresh_tokens.hpp"

#include <algorithm>

namespace troupe::storage::sqlite {

namespace {

blob bytes_of(const token_hash& hash) {
  return {{reinterpret_cast<const char*>(hash.data()), hash.size()}};
}

token_hash hash_from(std::string_view bytes) {
  token_hash result{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), result.size()), result.begin());
  return result;
}

} // namespace

refresh_tokens::refresh_tokens(connection& on)
    : on_{on}, find_{on, "SELECT t.tenant, t.id, r.family, r.user, r.role, r.expires_at, r.used_at, r.successor "
                         "FROM refresh_tokens r CROSS JOIN tenant_configs t ON t.tenant = r.tenant WHERE r.hash = ?1"},
      insert_{on, "INSERT INTO refresh_tokens (hash, tenant, user, family, role, expires_at) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING"},
      use_{on, "UPDATE refresh_tokens SET used_at = ?2, successor = ?3 WHERE hash = ?1"},
      drop_family_{on, "DELETE FROM refresh_tokens WHERE tenant = ?1 AND family = ?2"},
      drop_user_{on, "DELETE FROM refresh_tokens WHERE tenant = ?1 AND user = ?2"},
      drop_expired_{on, "DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens "
                        "INDEXED BY tokens_by_expiry WHERE expires_at <= ?1 LIMIT ?2)"} {}

std::optional<refresh_tokens::found> refresh_tokens::find(const token_hash& hash) {
  auto row = find_.rows(bytes_of(hash));
  if (!row.next())
    return std::nullopt;
  found result{row.integer(0),
               {hash, row.string(2), row.string(1), row.string(3), row.string(4), row.time(5)},
               std::nullopt,
               hash_from(row.text(7))};
  if (!row.null(6))
    result.used_at = row.time(6);
  return result;
}

void refresh_tokens::put(std::int64_t tenant, const refresh_token& value) {
  insert_.execute(bytes_of(value.hash), tenant, value.user, value.family, value.role, value.expires_at);
  if (on_.changes() == 0)
    throw error{fault::refused, "there already is such a refresh token"};
}

token_rotation refresh_tokens::rotate(const token_hash& presented, const token_hash& successor, timestamp expires_at,
                                      timestamp now, std::chrono::milliseconds grace) {
  const auto known = find(presented);
  if (!known)
    return {token_outcome::unknown, {}};
  if (known->token.expires_at <= now)
    return {token_outcome::expired, known->token};
  if (known->used_at) {
    if (now < *known->used_at + grace)
      if (const auto next = find(known->successor); next && !next->used_at)
        return {token_outcome::grace, next->token};
    drop_family_.execute(known->tenant, known->token.family);
    return {token_outcome::reused, known->token};
  }
  auto next = known->token;
  next.hash = successor;
  next.expires_at = expires_at;
  put(known->tenant, next);
  use_.execute(bytes_of(presented), now, bytes_of(successor));
  return {token_outcome::rotated, next};
}

std::size_t refresh_tokens::remove_user(std::int64_t tenant, std::string_view user) {
  drop_user_.execute(tenant, user);
  return static_cast<std::size_t>(on_.changes());
}

std::size_t refresh_tokens::expire(timestamp now, std::size_t count) {
  drop_expired_.execute(now, count);
  return static_cast<std::size_t>(on_.changes());
}

} // namespace troupe::storage::sqlite
