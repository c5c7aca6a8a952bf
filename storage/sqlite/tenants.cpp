#include "storage/sqlite/tenants.hpp"

#include <algorithm>
#include <utility>

namespace troupe::storage::sqlite {

namespace {

#define TENANT_COLUMNS                                                                                                 \
  "id, name, desk_kind, desk_url, desk_key, desk_ca, desk_options, signing_secret, previous_signing_secret, "          \
  "webhooks_per_minute, paused, created_at, updated_at, wrapped_key"

#define ITS_BUDGETS ", (SELECT budgets FROM tenant_budgets b WHERE b.tenant = tenant_configs.tenant)"

constexpr const char* desk_key_field = "desk_key";
constexpr const char* signing_field = "signing_secret";
constexpr std::size_t most_identities = 4'096;

void check(const tenant& value) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  const auto& id = value.id;
  if (id.empty() || id.size() > 64 || !std::all_of(id.begin(), id.end(), allowed) || id[0] == '-' || id[0] == '_')
    throw error{fault::refused, "a tenant's id is 1 to 64 of a-z 0-9 - _, the first a letter or digit"};
  if (value.signing_secrets.size() > 2)
    throw error{fault::refused, "a tenant has at most two signing secrets"};
}

} // namespace

struct tenants::sealed_secrets {
  std::string desk_key;
  std::optional<std::string> signing;
  std::optional<std::string> previous_signing;

  static std::optional<blob> view(const std::optional<std::string>& value) {
    return value ? std::optional{blob{*value}} : std::nullopt;
  }
};

tenants::tenants(connection& on, keyring& keys)
    : on_{on}, keys_{keys}, identify_{on, "SELECT tenant, wrapped_key FROM tenant_configs WHERE id = ?1"},
      find_{on, "SELECT " TENANT_COLUMNS ITS_BUDGETS " FROM tenant_configs WHERE id = ?1"},
      list_{on, "SELECT " TENANT_COLUMNS ITS_BUDGETS " FROM tenant_configs ORDER BY id"},
      version_{on, "SELECT value FROM meta WHERE name = 'tenants_version'"},
      grow_version_{on, "UPDATE meta SET value = value + 1 WHERE name = 'tenants_version'"},
      insert_{on, "INSERT INTO tenant_configs (" TENANT_COLUMNS
                  ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING"},
      update_{on, "UPDATE tenant_configs SET name = ?2, desk_kind = ?3, desk_url = ?4, desk_key = ?5, desk_ca = ?6, "
                  "desk_options = ?7, signing_secret = ?8, previous_signing_secret = ?9, webhooks_per_minute = ?10, "
                  "paused = ?11, updated_at = max(?12, updated_at + 1) WHERE id = ?1 AND updated_at = ?13"},
      remove_{on, "DELETE FROM tenant_configs WHERE id = ?1"},
      put_budgets_{on, "INSERT INTO tenant_budgets VALUES (?1, ?2) ON CONFLICT DO UPDATE SET budgets = ?2"},
      drop_budgets_{on, "DELETE FROM tenant_budgets WHERE tenant = ?1"} {}

const tenants::identity* tenants::identify(std::string_view id) {
  if (const auto found = known_.find(id); found != known_.end())
    return &found->second;
  auto row = identify_.rows(id);
  if (!row.next())
    return nullptr;
  if (known_.size() >= most_identities)
    known_.clear();
  const identity value{row.integer(0), keys_.unwrap_tenant_key(id, row.text(1))};
  return &known_.emplace(id, value).first->second;
}

std::int64_t tenants::number_of(std::string_view id) {
  auto row = identify_.rows(id);
  return row.next() ? row.integer(0) : 0;
}

std::int64_t tenants::need_number_of(std::string_view id) {
  const auto number = number_of(id);
  if (number == 0)
    throw error{fault::refused, "there is no tenant " + std::string{id}};
  return number;
}

tenant tenants::from_row(const statement::run& row) {
  tenant value;
  value.id = row.string(0);
  const auto key = keys_.unwrap_tenant_key(value.id, row.text(13));
  const auto reveal = [&](int column, const char* field) {
    std::string plain;
    if (!keys_.aead().open(key, associated_data::field(value.id, field).view(), row.text(column), plain))
      throw error{fault::corrupt, std::string{"the "} + field + " of tenant " + value.id + " doesn't open"};
    return config::secret{std::move(plain)};
  };
  value.name = row.string(1);
  value.desk_kind = row.string(2);
  value.desk_url = row.string(3);
  value.desk_key = reveal(4, desk_key_field);
  value.desk_ca = row.string(5);
  value.desk_options = row.string(6);
  for (const int column : {7, 8})
    if (!row.null(column))
      value.signing_secrets.push_back(reveal(column, signing_field));
  value.webhooks_per_minute = static_cast<std::uint32_t>(row.integer(9));
  value.paused = row.integer(10) != 0;
  value.created_at = row.time(11);
  value.updated_at = row.time(12);
  value.budgets = row.string(14);
  return value;
}

std::optional<tenant> tenants::find(std::string_view id) {
  auto row = find_.rows(id);
  if (!row.next())
    return std::nullopt;
  return from_row(row);
}

std::vector<tenant> tenants::list() {
  std::vector<tenant> result;
  auto rows = list_.rows();
  while (rows.next())
    result.push_back(from_row(rows));
  return result;
}

std::uint64_t tenants::version() {
  auto row = version_.rows();
  return row.next() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

tenants::sealed_secrets tenants::seal(const tenant& value, const key_bytes& key) {
  const auto hide = [&](const config::secret& plain, const char* field) {
    std::string sealed;
    keys_.aead().seal(key, associated_data::field(value.id, field).view(), plain.reveal(), sealed);
    return sealed;
  };
  sealed_secrets result;
  result.desk_key = hide(value.desk_key, desk_key_field);
  if (!value.signing_secrets.empty())
    result.signing = hide(value.signing_secrets[0], signing_field);
  if (value.signing_secrets.size() > 1)
    result.previous_signing = hide(value.signing_secrets[1], signing_field);
  return result;
}

void tenants::put_budgets(const tenant& value, std::int64_t number) {
  if (value.budgets.empty())
    drop_budgets_.execute(number);
  else
    put_budgets_.execute(number, value.budgets);
}

void tenants::grow_version() {
  grow_version_.execute();
}

void tenants::add(const tenant& value) {
  check(value);
  const auto key = keys_.make_key();
  const auto wrapped = keys_.wrap_tenant_key(value.id, key);
  const auto sealed = seal(value, key);
  write_transaction change{on_};
  insert_.execute(value.id, value.name, value.desk_kind, value.desk_url, blob{sealed.desk_key}, value.desk_ca,
                  value.desk_options, sealed_secrets::view(sealed.signing),
                  sealed_secrets::view(sealed.previous_signing), value.webhooks_per_minute, value.paused,
                  value.created_at, value.updated_at, blob{wrapped});
  if (on_.changes() == 0)
    throw error{fault::refused, "there already is a tenant " + value.id};
  put_budgets(value, number_of(value.id));
  grow_version();
  change.commit();
}

bool tenants::update(const tenant& value, timestamp read_at) {
  check(value);
  write_transaction change{on_};
  const auto* who = identify(value.id);
  if (!who)
    throw error{fault::refused, "there is no tenant " + value.id};
  const auto sealed = seal(value, who->key);
  update_.execute(value.id, value.name, value.desk_kind, value.desk_url, blob{sealed.desk_key}, value.desk_ca,
                  value.desk_options, sealed_secrets::view(sealed.signing),
                  sealed_secrets::view(sealed.previous_signing), value.webhooks_per_minute, value.paused,
                  value.updated_at, read_at);
  if (on_.changes() == 0)
    return false;
  put_budgets(value, who->number);
  grow_version();
  change.commit();
  return true;
}

std::int64_t tenants::remove(std::string_view id) {
  const auto number = number_of(id);
  if (number == 0)
    return 0;
  remove_.execute(id);
  forget();
  grow_version();
  return number;
}

void tenants::wrap_anew() {
  statement all{on_, "SELECT id, wrapped_key FROM tenant_configs"};
  statement put{on_, "UPDATE tenant_configs SET wrapped_key = ?2 WHERE id = ?1"};
  std::vector<std::pair<std::string, std::string>> rows;
  {
    auto row = all.rows();
    while (row.next())
      rows.emplace_back(row.string(0), row.string(1));
  }
  for (const auto& [id, wrapped] : rows)
    put.execute(id, blob{keys_.wrap_tenant_key(id, keys_.unwrap_tenant_key(id, wrapped))});
}

} // namespace troupe::storage::sqlite
