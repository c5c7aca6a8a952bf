#include "storage/sqlite/audit.hpp"

#include <algorithm>

namespace troupe::storage::sqlite {

namespace {

constexpr std::size_t most_rows = 1'000;

} // namespace

audit::audit(connection& on)
    : on_{on}, all_{on, "SELECT at, actor, action, tenant, object, outcome, correlation_id FROM audit_log NOT INDEXED "
                        "WHERE (?1 IS NULL OR action = ?1) ORDER BY seq DESC LIMIT ?2"},
      of_tenant_{on, "SELECT at, actor, action, tenant, object, outcome, correlation_id FROM audit_log "
                     "INDEXED BY audit_by_tenant WHERE (?1 IS NULL OR action = ?1) AND tenant = ?3 "
                     "ORDER BY seq DESC LIMIT ?2"},
      insert_{on, "INSERT INTO audit_log (at, actor, action, tenant, object, outcome, correlation_id) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
      expire_{on, "DELETE FROM audit_log WHERE seq IN (SELECT seq FROM audit_log ORDER BY seq LIMIT ?2) AND at < ?1"} {}

std::vector<audit_entry> audit::list(const audit_filter& filter) {
  const auto limit = std::min(filter.limit, most_rows);
  std::vector<audit_entry> result;
  const auto take = [&](const statement::run& row) {
    result.push_back(
        {row.time(0), row.string(1), row.string(2), row.string(3), row.string(4), row.string(5), row.string(6)});
  };
  if (filter.tenant) {
    auto row = of_tenant_.rows(filter.action, limit, *filter.tenant);
    while (row.next())
      take(row);
  } else {
    auto row = all_.rows(filter.action, limit);
    while (row.next())
      take(row);
  }
  return result;
}

void audit::put(std::span<const audit_entry> entries) {
  for (const auto& entry : entries)
    insert_.execute(entry.at, entry.actor, entry.action, entry.tenant, entry.object, entry.outcome,
                    entry.correlation_id);
}

std::size_t audit::expire(timestamp before, std::size_t count) {
  expire_.execute(before, count);
  return static_cast<std::size_t>(on_.changes());
}

} // namespace troupe::storage::sqlite
