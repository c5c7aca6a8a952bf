#include "storage/sqlite/deliveries.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::storage::sqlite {

namespace {

/// Where the table is probed first: digests are random.
std::size_t start_of(const digest& key) {
  std::uint32_t result;
  std::memcpy(&result, key.data(), sizeof result);
  return result;
}

digest digest_from(std::string_view bytes) {
  digest result{};
  std::memcpy(result.data(), bytes.data(), std::min(bytes.size(), result.size()));
  return result;
}

} // namespace

digest deliveries::digest_of(const delivery& value) noexcept {
  digest result;
  std::copy_n(value.key.begin(), result.size(), result.begin());
  return result;
}

deliveries::deliveries(connection& on, std::size_t generation)
    : generation_{generation}, settled_{on},
      newer_{on, "SELECT entity, delivery, delivery_expires FROM journals WHERE entity > ?1"},
      settled_through_{on, "SELECT value FROM meta WHERE name = 'deliveries_settled'"},
      set_settled_through_{on, "UPDATE meta SET value = ?1 WHERE name = 'deliveries_settled'"},
      clear_{on, "UPDATE journals SET delivery = NULL, delivery_expires = NULL WHERE entity = ?1"} {}

void deliveries::catch_up() {
  settled_.load();
  if (!loaded_) {
    auto through = settled_through_.rows();
    seen_ = through.next() ? through.integer(0) : 0;
  }
  auto all = newer_.rows(seen_);
  while (all.next()) {
    seen_ = all.integer(0);
    if (!all.null(1))
      remember({digest_from(all.text(1)), seen_, all.time(2)});
  }
  loaded_ = true;
}

std::optional<std::int64_t> deliveries::find(const digest& key, timestamp now) {
  const auto* young = newest(key);
  const auto found = young ? std::optional{*young} : settled_.find(key);
  return found && found->entity != 0 && found->expires > now ? std::optional{found->entity} : std::nullopt;
}

void deliveries::add(const digest& key, std::int64_t entity, timestamp expires) {
  remember({key, entity, expires});
  seen_ = std::max(seen_, entity);
}

known_delivery* deliveries::newest(const digest& key) {
  if (table_.empty())
    return nullptr;
  for (auto at = start_of(key);; ++at) {
    const auto place = table_[at % table_.size()];
    if (place == 0)
      return nullptr;
    if (newest_[place - 1].key == key)
      return &newest_[place - 1];
  }
}

void deliveries::remember(const known_delivery& value) {
  if (auto* known_already = newest(value.key)) {
    *known_already = value;
    return;
  }
  newest_.push_back(value);
  // At most half full, so that probing ends soon.
  if (newest_.size() * 2 > table_.size()) {
    table_.assign(std::max(generation_ * 2, table_.size() * 2), 0);
    for (std::uint32_t place = 1; place < newest_.size(); ++place)
      link(place);
  }
  link(static_cast<std::uint32_t>(newest_.size()));
}

void deliveries::link(std::uint32_t place) {
  auto at = start_of(newest_[place - 1].key);
  while (table_[at % table_.size()] != 0)
    ++at;
  table_[at % table_.size()] = place;
}

void deliveries::settle() {
  if (newest_.size() < generation_)
    return;
  // Another process may have settled some of them.
  std::int64_t through = 0;
  if (auto row = settled_through_.rows(); row.next())
    through = row.integer(0);
  std::erase_if(newest_, [&](const known_delivery& value) { return value.entity <= through; });
  if (!newest_.empty()) {
    std::sort(newest_.begin(), newest_.end(),
              [](const known_delivery& x, const known_delivery& y) { return x.key < y.key; });
    settled_.add(newest_);
    set_settled_through_.execute(seen_);
  }
  newest_.clear();
  table_.clear();
}

std::size_t deliveries::expire(timestamp now, std::size_t count) {
  auto expired = settled_.expire(now);
  for (auto& value : newest_) {
    if (count == 0)
      break;
    if (value.entity == 0 || value.expires > now)
      continue;
    clear_.execute(value.entity);
    value.entity = 0;
    ++expired;
    --count;
  }
  return expired;
}

void deliveries::forget_all() noexcept {
  loaded_ = false;
  newest_.clear();
  table_.clear();
  settled_.forget();
}

} // namespace troupe::storage::sqlite
