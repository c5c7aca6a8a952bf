#include "storage/sqlite/due.hpp"

#include <algorithm>

namespace troupe::storage::sqlite {

namespace {

constexpr int highest_priority = static_cast<int>(priority::critical);

} // namespace

due::due(connection& on)
    : next_tenant_{on, "SELECT tenant FROM journals INDEXED BY jobs_open WHERE status = 0 AND status <= 1 "
                       "AND tenant > ?1 ORDER BY tenant LIMIT 1"},
      tenant_{on, "SELECT id, paused FROM tenant_configs WHERE tenant = ?1"},
      piece_{on, "SELECT due_at, entity, id FROM journals INDEXED BY jobs_open WHERE status = 0 AND status <= 1 "
                 "AND tenant = ?1 AND priority = ?2 AND (due_at, entity) > (?3, ?4) AND due_at <= ?5 "
                 "ORDER BY due_at, entity"},
      upcoming_{on, "SELECT due_at FROM journals INDEXED BY jobs_open WHERE status = 0 AND status <= 1 "
                    "AND tenant = ?1 AND priority = ?2 AND due_at > ?3 ORDER BY due_at LIMIT 1"} {}

std::optional<due::lane> due::lane_after(std::int64_t tenant) {
  for (;;) {
    {
      auto row = next_tenant_.rows(tenant);
      if (!row.next())
        return std::nullopt;
      tenant = row.integer(0);
    }
    auto row = tenant_.rows(tenant);
    if (row.next() && row.integer(1) == 0)
      return lane{tenant, row.string(0), highest_priority, 0, 0, {}, false};
  }
}

void due::refill(lane& of, timestamp now, std::size_t count, const std::function<bool(std::string_view)>& skip) {
  while (of.fetched.size() < count && of.priority >= 0) {
    auto rows = piece_.rows(of.tenant, of.priority, of.due_at, of.entity, now);
    bool more = false;
    while (of.fetched.size() < count && (more = rows.next())) {
      of.due_at = rows.integer(0);
      of.entity = rows.integer(1);
      if (!skip || !skip(rows.text(2)))
        of.fetched.push_back(rows.string(2));
    }
    if (!more) {
      --of.priority;
      of.due_at = 0;
      of.entity = 0;
    }
  }
  of.exhausted = of.fetched.empty();
  std::reverse(of.fetched.begin(), of.fetched.end());
}

std::vector<due_job> due::jobs(timestamp now, std::size_t limit, const std::function<bool(std::string_view)>& skip) {
  // From the tenant after the last one served round to that one; no more of them than places.
  std::vector<lane> lanes;
  for (auto next = lane_after(last_served_); next && lanes.size() < limit; next = lane_after(next->tenant))
    lanes.push_back(std::move(*next));
  for (auto next = lane_after(0); next && next->tenant <= last_served_ && lanes.size() < limit;
       next = lane_after(next->tenant))
    lanes.push_back(std::move(*next));

  std::vector<due_job> result;
  while (result.size() < limit && !lanes.empty()) {
    const auto share = (limit - result.size()) / lanes.size() + 1;
    for (auto& of : lanes) {
      if (result.size() == limit)
        break;
      if (of.fetched.empty())
        refill(of, now, share, skip);
      if (of.exhausted)
        continue;
      result.push_back({of.id, std::move(of.fetched.back())});
      of.fetched.pop_back();
      last_served_ = of.tenant;
    }
    std::erase_if(lanes, [](const lane& of) { return of.exhausted; });
  }
  return result;
}

std::optional<timestamp> due::next(timestamp now) {
  std::optional<timestamp> earliest;
  for (auto of = lane_after(0); of; of = lane_after(of->tenant)) {
    for (int level = highest_priority; level >= 0; --level) {
      auto row = upcoming_.rows(of->tenant, level, now);
      if (row.next() && (!earliest || row.time(0) < *earliest))
        earliest = row.time(0);
    }
  }
  return earliest;
}

} // namespace troupe::storage::sqlite
