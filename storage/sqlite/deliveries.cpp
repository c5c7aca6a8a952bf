#include "storage/sqlite/deliveries.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::storage::sqlite {

namespace {

constexpr const char* settled_fact = "deliveries_settled";
constexpr const char* expired_fact = "deliveries_expired";

blob as_blob(const deliveries::digest& key) {
  return {{reinterpret_cast<const char*>(key.data()), key.size()}};
}

deliveries::digest digest_from(std::string_view bytes) {
  deliveries::digest result{};
  std::memcpy(result.data(), bytes.data(), std::min(bytes.size(), result.size()));
  return result;
}

} // namespace

deliveries::digest deliveries::digest_of(const delivery& value) noexcept {
  digest result;
  std::copy_n(value.key.begin(), result.size(), result.begin());
  return result;
}

std::size_t deliveries::hash::operator()(const digest& key) const noexcept {
  std::size_t result;
  std::memcpy(&result, key.data(), sizeof result);
  return result;
}

deliveries::deliveries(connection& on, std::size_t generation)
    : generation_{generation}, newer_{on, "SELECT entity, delivery, delivery_expires FROM journals WHERE entity > ?1"},
      find_{on, "SELECT entity, expires FROM deliveries WHERE digest = ?1"},
      put_{on, "INSERT INTO deliveries VALUES (?1, ?2, ?3) "
               "ON CONFLICT DO UPDATE SET entity = excluded.entity, expires = excluded.expires"},
      fact_{on, "SELECT value FROM meta WHERE name = ?1"}, set_fact_{on, "UPDATE meta SET value = ?2 WHERE name = ?1"},
      oldest_{on, "SELECT entity, delivery, delivery_expires FROM journals WHERE entity > ?1 ORDER BY entity LIMIT ?2"},
      drop_{on, "DELETE FROM deliveries WHERE digest = ?1 AND entity = ?2"},
      clear_{on, "UPDATE journals SET delivery = NULL, delivery_expires = NULL WHERE entity = ?1"} {}

void deliveries::catch_up() {
  if (!loaded_) {
    auto fact = fact_.rows(settled_fact);
    seen_ = fact.next() ? fact.integer(0) : 0;
  }
  auto all = newer_.rows(seen_);
  while (all.next()) {
    seen_ = all.integer(0);
    if (!all.null(1))
      filling_.insert_or_assign(digest_from(all.text(1)), known{seen_, all.time(2)});
  }
  loaded_ = true;
}

std::optional<std::int64_t> deliveries::find(const digest& key, timestamp now) {
  std::optional<known> found;
  if (const auto young = filling_.find(key); young != filling_.end()) {
    found = young->second;
  } else {
    const auto at = settling_at(key);
    if (at != settling_.end()) {
      found = at->value;
    } else if (auto settled = find_.rows(as_blob(key)); settled.next()) {
      found = known{settled.integer(0), settled.time(1)};
    }
  }
  if (!found || found->expires <= now)
    return std::nullopt;
  return found->entity;
}

std::vector<deliveries::settling_row>::iterator deliveries::settling_at(const digest& key) {
  const auto at = std::lower_bound(settling_.begin(), settling_.end(), key,
                                   [](const settling_row& row, const digest& k) { return row.key < k; });
  return at != settling_.end() && at->key == key ? at : settling_.end();
}

void deliveries::add(const digest& key, std::int64_t entity, timestamp expires) {
  filling_.insert_or_assign(key, known{entity, expires});
  seen_ = std::max(seen_, entity);
}

void deliveries::rotate() {
  settling_.reserve(filling_.size());
  for (const auto& [key, value] : filling_)
    settling_.push_back({key, value});
  filling_.clear();
  std::sort(settling_.begin(), settling_.end(),
            [](const settling_row& x, const settling_row& y) { return x.key < y.key; });
  settled_ = 0;
}

void deliveries::settle(std::size_t count) {
  if (settling_.empty()) {
    if (filling_.size() < generation_)
      return;
    rotate();
  }
  for (; count > 0 && settled_ < settling_.size(); --count, ++settled_) {
    const auto& row = settling_[settled_];
    if (row.value.entity != 0)
      put_.execute(as_blob(row.key), row.value.entity, row.value.expires);
  }
  if (settled_ < settling_.size())
    return;
  std::int64_t last = 0;
  for (const auto& row : settling_)
    last = std::max(last, row.value.entity);
  set_fact_.execute(settled_fact, last);
  settling_ = {};
}

std::size_t deliveries::expire(timestamp now, std::size_t count) {
  std::int64_t through = 0;
  if (auto fact = fact_.rows(expired_fact); fact.next())
    through = fact.integer(0);
  const auto start = through;
  std::vector<settling_row> expired;
  {
    auto rows = oldest_.rows(through, count);
    while (rows.next()) {
      if (!rows.null(1)) {
        if (rows.time(2) > now)
          break;
        expired.push_back({digest_from(rows.text(1)), {rows.integer(0), rows.time(2)}});
      }
      through = rows.integer(0);
    }
  }
  for (const auto& [key, value] : expired) {
    drop_.execute(as_blob(key), value.entity);
    clear_.execute(value.entity);
    if (const auto young = filling_.find(key); young != filling_.end() && young->second.entity == value.entity)
      filling_.erase(young);
    if (const auto at = settling_at(key); at != settling_.end() && at->value.entity == value.entity)
      at->value.entity = 0;
  }
  if (through != start)
    set_fact_.execute(expired_fact, through);
  return expired.size();
}

void deliveries::forget_all() noexcept {
  loaded_ = false;
  filling_.clear();
  settling_.clear();
  settled_ = 0;
}

} // namespace troupe::storage::sqlite
