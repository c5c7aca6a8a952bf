#include "storage/sqlite/ledger.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace troupe::storage::sqlite {

namespace {

call_amounts bounded(call_amounts of) {
  for (auto* tokens : {&of.input_tokens, &of.output_tokens, &of.cached_tokens})
    *tokens = std::min(*tokens, most_tokens);
  of.cost = std::clamp<nanodollars>(of.cost, 0, most_money);
  return of;
}

/// 0 = none.
int kind_of(const call_record& it) {
  return it.entity.empty() ? 0 : static_cast<int>(it.kind);
}

std::int64_t day_of(timestamp at) {
  return std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
}

/// Sums stay far below what overflows.
constexpr std::uint64_t most_counted = std::uint64_t{1} << 62;

void add(spending& to, std::int64_t cost, std::int64_t tokens) {
  const auto sum = [](auto a, std::int64_t b) {
    return std::min(most_counted,
                    static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(std::max<std::int64_t>(b, 0)));
  };
  to.cost = static_cast<nanodollars>(sum(to.cost, cost));
  to.tokens = sum(to.tokens, tokens);
}

bool fits(const spending_limit& limit, const spending& with_it, const call_amounts& it) {
  const bool money = !limit.money || it.cost == 0 || with_it.cost <= *limit.money;
  const bool tokens = !limit.tokens || it.tokens() == 0 || with_it.tokens <= *limit.tokens;
  return money && tokens;
}

/// `excluded` has no negative ones.
#define ADDED(column, value) #column " = max(0, min(" #column " + " value ", 4611686018427387904))"

} // namespace

ledger::ledger(connection& on)
    : on_{on}, last_call_{on, "SELECT max(call) FROM ledger"},
      insert_{on, "INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"},
      find_open_{on, "SELECT user, at, input_tokens + output_tokens, cost FROM ledger WHERE call = ?1 AND tenant = ?2 "
                     "AND outcome = 0"},
      close_{on,
             "UPDATE ledger SET input_tokens = ?2, output_tokens = ?3, cached_tokens = ?4, cost = ?5, latency = ?6, "
             "outcome = ?7 WHERE call = ?1"},
      add_to_day_{on, "INSERT INTO ledger_days (tenant, user, day, tokens, cost) "
                      "VALUES (?1, ?2, ?3, max(0, ?4), max(0, ?5)) "
                      "ON CONFLICT DO UPDATE SET " ADDED(tokens, "?4") ", " ADDED(cost, "?5")},
      days_{on, "SELECT cost, tokens FROM ledger_days WHERE tenant = ?1 AND user = ?2 AND day >= ?3"},
      entity_{on, "SELECT cost, input_tokens + output_tokens FROM ledger INDEXED BY ledger_by_run "
                  "WHERE tenant = ?1 AND kind = ?2 AND entity = ?3"},
      run_{on, "SELECT cost, input_tokens + output_tokens FROM ledger INDEXED BY ledger_by_run "
               "WHERE tenant = ?1 AND kind = ?2 AND entity = ?3 AND run = ?4"},
      find_user_{on, "SELECT user FROM ledger_users WHERE tenant = ?1 AND id = ?2"},
      insert_user_{on, "INSERT INTO ledger_users (tenant, id) VALUES (?1, ?2) RETURNING user"},
      settle_open_{on, "UPDATE ledger SET outcome = 5 WHERE outcome = 0"},
      forget_conversation_{on, "UPDATE ledger SET user = 0, entity = '', run = '' WHERE tenant = ?1 AND kind = 2 "
                               "AND entity = ?2"},
      forget_user_{on, "DELETE FROM ledger_users WHERE tenant = ?1 AND id = ?2"},
      expire_{on, "DELETE FROM ledger WHERE call IN (SELECT call FROM ledger INDEXED BY ledger_by_time WHERE at < ?1 "
                  "LIMIT ?2) AND outcome <> 0"},
      expire_days_{on,
                   "DELETE FROM ledger_days WHERE (tenant, user, day) IN (SELECT tenant, user, day FROM ledger_days "
                   "INDEXED BY ledger_days_by_day WHERE day < ?1 LIMIT ?2) RETURNING tenant, user"},
      drop_unknown_user_{on, "DELETE FROM ledger_users WHERE user = ?2 AND NOT EXISTS "
                             "(SELECT 1 FROM ledger_days WHERE tenant = ?1 AND user = ?2)"} {}

append_result ledger::put(const ledger_entry& entry, const tenants::identity& owner) {
  return entry.call == 0 ? open(entry, owner.number) : close(entry, owner.number);
}

append_result ledger::open(const ledger_entry& entry, std::int64_t tenant) {
  const auto& it = entry.record;
  const auto amounts = bounded(it.amounts);
  const auto tokens = static_cast<std::int64_t>(amounts.tokens());
  const auto user = it.user.empty() ? 0 : number_of(tenant, it.user);
  append_result result;
  for (const auto& limit : entry.limits) {
    auto& sum = result.spent.emplace_back(spent(limit, it, tenant, user));
    add(sum, amounts.cost, tokens);
    if (!fits(limit, sum, amounts))
      return {append_outcome::exhausted, result.spent.size() - 1, {}, std::move(result.spent)};
  }
  if (next_call_ == 0) {
    auto row = last_call_.rows();
    row.next();
    next_call_ = row.integer(0) + 1;
  }
  insert_.execute(next_call_, it.at, tenant, user, kind_of(it), it.entity, it.run, it.agent, it.provider, it.model,
                  amounts.input_tokens, amounts.output_tokens, amounts.cached_tokens, amounts.cost, it.latency.count(),
                  it.outcome);
  add_to_day(tenant, user, day_of(it.at), tokens, amounts.cost);
  result.number = static_cast<std::uint64_t>(next_call_++);
  return result;
}

append_result ledger::close(const ledger_entry& entry, std::int64_t tenant) {
  const auto amounts = bounded(entry.record.amounts);
  std::int64_t user = 0, day = 0, tokens = 0;
  nanodollars cost = 0;
  {
    auto row = find_open_.rows(entry.call, tenant);
    if (!row.next())
      return {append_outcome::conflict, 0, {}};
    user = row.integer(0);
    day = day_of(row.time(1));
    tokens = static_cast<std::int64_t>(amounts.tokens()) - row.integer(2);
    cost = amounts.cost - row.integer(3);
  }
  close_.execute(entry.call, amounts.input_tokens, amounts.output_tokens, amounts.cached_tokens, amounts.cost,
                 entry.record.latency.count(), entry.record.outcome);
  add_to_day(tenant, user, day, tokens, cost);
  return {append_outcome::stored, entry.call, {}};
}

std::int64_t ledger::number_of(std::int64_t tenant, std::string_view user) {
  if (auto row = find_user_.rows(tenant, user); row.next())
    return row.integer(0);
  std::int64_t number = 0;
  auto row = insert_user_.rows(tenant, user);
  while (row.next())
    number = row.integer(0);
  return number;
}

spending ledger::spent(const spending_limit& limit, const call_record& who, std::int64_t tenant, std::int64_t user) {
  spending result;
  const auto add_up = [&result](statement::run rows) {
    while (rows.next())
      add(result, rows.integer(0), rows.integer(1));
  };
  switch (limit.scope) {
  case budget_scope::tenant:
    add_up(days_.rows(tenant, 0, limit.since));
    break;
  case budget_scope::user:
    add_up(days_.rows(tenant, user, limit.since));
    break;
  case budget_scope::conversation:
    add_up(entity_.rows(tenant, kind_of(who), who.entity));
    break;
  case budget_scope::run:
    add_up(run_.rows(tenant, kind_of(who), who.entity, who.run));
    break;
  }
  return result;
}

void ledger::add_to_day(std::int64_t tenant, std::int64_t user, std::int64_t day, std::int64_t tokens,
                        nanodollars cost) {
  add_to_day_.execute(tenant, 0, day, tokens, cost);
  if (user != 0)
    add_to_day_.execute(tenant, user, day, tokens, cost);
}

std::size_t ledger::settle_open() {
  settle_open_.execute();
  return static_cast<std::size_t>(on_.changes());
}

void ledger::forget_conversation(std::int64_t tenant, std::string_view id) {
  forget_conversation_.execute(tenant, id);
}

std::size_t ledger::forget_user(std::int64_t tenant, std::string_view user) {
  forget_user_.execute(tenant, user);
  return static_cast<std::size_t>(on_.changes());
}

std::size_t ledger::expire(timestamp before, std::size_t count) {
  expire_.execute(before, count);
  auto expired = static_cast<std::size_t>(on_.changes());
  std::vector<std::pair<std::int64_t, std::int64_t>> users;
  {
    auto row = expire_days_.rows(day_of(before), count);
    while (row.next())
      users.emplace_back(row.integer(0), row.integer(1));
  }
  for (const auto& [tenant, user] : users)
    drop_unknown_user_.execute(tenant, user);
  return expired + users.size();
}

} // namespace troupe::storage::sqlite
