#include "storage/sqlite/ledger_sums.hpp"

#include <limits>

namespace troupe::storage::sqlite {

namespace {

#define SUMS(key, joined, order)                                                                                       \
  "SELECT coalesce(" key ", ''), count(*), count(*) FILTER (WHERE l.outcome = 0), sum(l.input_tokens), "               \
  "sum(l.output_tokens), sum(l.cached_tokens), sum(l.cost) FROM ledger l " joined                                      \
  " WHERE l.at >= ?1 AND (?2 = 0 OR l.tenant = ?2) GROUP BY 1 ORDER BY " order " LIMIT ?3"

#define DEAREST_FIRST "7 DESC, 1"

} // namespace

ledger_sums::ledger_sums(connection& on)
    : by_tenant_{on, SUMS("t.id", "LEFT JOIN tenant_configs t ON t.tenant = l.tenant", DEAREST_FIRST)},
      by_user_{on, SUMS("u.id", "LEFT JOIN ledger_users u ON u.user = l.user", DEAREST_FIRST)},
      by_agent_{on, SUMS("l.agent", "", DEAREST_FIRST)}, by_day_{on, SUMS("date(l.at / 1000, 'unixepoch')", "", "1")},
      by_provider_{on, SUMS("l.provider", "", DEAREST_FIRST)}, by_model_{on, SUMS("l.model", "", DEAREST_FIRST)},
      by_outcome_{on, SUMS("CASE l.outcome WHEN 0 THEN 'open' WHEN 1 THEN 'ok' WHEN 2 THEN 'failed' WHEN 3 THEN "
                           "'broken' WHEN 4 THEN 'cancelled' ELSE 'unknown' END",
                           "", DEAREST_FIRST)} {}

statement& ledger_sums::sums_of(spending_key key) {
  switch (key) {
  case spending_key::tenant:
    return by_tenant_;
  case spending_key::user:
    return by_user_;
  case spending_key::agent:
    return by_agent_;
  case spending_key::day:
    return by_day_;
  case spending_key::provider:
    return by_provider_;
  case spending_key::model:
    return by_model_;
  case spending_key::outcome:
    return by_outcome_;
  }
  return by_tenant_;
}

std::vector<spending_row> ledger_sums::by(const spending_filter& filter, std::int64_t tenant) {
  const auto since = filter.since ? filter.since->time_since_epoch().count() : std::numeric_limits<std::int64_t>::min();
  std::vector<spending_row> result;
  auto row = sums_of(filter.by).rows(since, tenant, filter.limit);
  const auto count = [&row](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  while (row.next())
    result.push_back({row.string(0), count(1), count(2), {count(3), count(4), count(5), row.integer(6)}});
  return result;
}

} // namespace troupe::storage::sqlite
