#include "storage/sqlite/assets.hpp"

#include <algorithm>

namespace troupe::storage::sqlite {

assets::assets(connection& on)
    : by_address_{on, "SELECT asset FROM asset_addresses WHERE tenant = ?1 AND address = ?2"},
      asset_{on, "SELECT hostname, role, client, location FROM assets WHERE asset = ?1"},
      addresses_{on, "SELECT address FROM asset_addresses WHERE asset = ?1 ORDER BY place"},
      insert_{on, "INSERT INTO assets (tenant, hostname, role, client, location) VALUES (?1, ?2, ?3, ?4, ?5) "
                  "RETURNING asset"},
      give_address_{on, "INSERT INTO asset_addresses (tenant, address, asset, place) VALUES (?1, ?2, ?3, ?4) "
                        "ON CONFLICT DO UPDATE SET asset = excluded.asset, place = excluded.place"},
      drop_if_bare_{on, "DELETE FROM assets WHERE asset = ?1 "
                        "AND NOT EXISTS (SELECT 1 FROM asset_addresses WHERE asset_addresses.asset = ?1)"},
      grow_version_{on, "INSERT INTO document_state (tenant, version, replaced, tickets, articles) "
                        "VALUES (?1, 1, 0, 0, 0) ON CONFLICT DO UPDATE SET version = version + 1"} {}

std::vector<asset> assets::find(std::int64_t tenant, std::span<const std::string> addresses) {
  std::vector<std::int64_t> found;
  for (const auto& address : addresses) {
    auto row = by_address_.rows(tenant, address);
    if (row.next() && std::find(found.begin(), found.end(), row.integer(0)) == found.end())
      found.push_back(row.integer(0));
  }
  std::vector<asset> result;
  for (const auto number : found) {
    asset value;
    auto all = addresses_.rows(number);
    while (all.next())
      value.addresses.push_back(all.string(0));
    auto row = asset_.rows(number);
    if (!row.next())
      continue;
    value.hostname = row.string(0);
    value.role = row.string(1);
    value.client = row.string(2);
    value.location = row.string(3);
    result.push_back(std::move(value));
  }
  return result;
}

void assets::put(std::int64_t tenant, std::span<const asset> rows) {
  for (const auto& value : rows) {
    if (value.addresses.empty())
      throw error{fault::refused, "an asset without an address"};
    std::int64_t made = 0;
    {
      auto row = insert_.rows(tenant, value.hostname, value.role, value.client, value.location);
      while (row.next())
        made = row.integer(0);
    }
    std::int64_t place = 0;
    for (const auto& address : value.addresses) {
      std::int64_t owner = 0;
      if (auto row = by_address_.rows(tenant, address); row.next())
        owner = row.integer(0);
      give_address_.execute(tenant, address, made, place++);
      if (owner != 0 && owner != made)
        drop_if_bare_.execute(owner);
    }
  }
  grow_version_.execute(tenant);
}

} // namespace troupe::storage::sqlite
