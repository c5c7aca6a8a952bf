#include <chrono>

#include "tests/support/memory_store.hpp"

namespace troupe::testing {

namespace {

using storage::budget_scope;

bool counts(const storage::spending_limit& limit, const storage::call_record& known, const storage::call_record& it) {
  const auto is_since = known.at >= storage::timestamp{std::chrono::days{limit.since}};
  const bool same_entity = known.kind == it.kind && known.entity == it.entity;
  if (known.tenant != it.tenant)
    return false;
  switch (limit.scope) {
  case budget_scope::tenant:
    return is_since;
  case budget_scope::user:
    return is_since && known.user == it.user;
  case budget_scope::conversation:
    return same_entity;
  case budget_scope::run:
    return same_entity && known.run == it.run;
  }
  return false;
}

} // namespace

storage::append_result memory_store::put_call(const storage::ledger_entry& entry) {
  using enum storage::append_outcome;
  const auto& it = entry.record;
  if (removed_.contains(it.tenant))
    return {conflict, 0, {}};
  if (entry.call > 0) {
    if (entry.call > calls_.size() || calls_[entry.call - 1].outcome != storage::call_outcome::open)
      return {conflict, 0, {}};
    auto& known = calls_[entry.call - 1];
    known.amounts = it.amounts;
    known.latency = it.latency;
    known.outcome = it.outcome;
    return {stored, entry.call, {}};
  }
  storage::append_result result;
  for (const auto& limit : entry.limits) {
    auto& sum = result.spent.emplace_back(storage::spending{it.amounts.cost, it.amounts.tokens()});
    for (const auto& known : calls_)
      if (counts(limit, known, it)) {
        sum.cost += known.amounts.cost;
        sum.tokens += known.amounts.tokens();
      }
    if ((limit.money && it.amounts.cost > 0 && sum.cost > *limit.money) || (limit.tokens && sum.tokens > *limit.tokens))
      return {exhausted, result.spent.size() - 1, {}, result.spent};
  }
  calls_.push_back(it);
  result.number = calls_.size();
  return result;
}

std::vector<storage::call_record> memory_store::calls() const {
  std::lock_guard lock{mutex_};
  return calls_;
}

} // namespace troupe::testing
