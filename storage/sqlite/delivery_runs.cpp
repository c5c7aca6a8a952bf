#include "storage/sqlite/delivery_runs.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace troupe::storage::sqlite {

namespace {

constexpr std::size_t entry_bytes = 32; ///< digest, entity, expiry
constexpr std::size_t entries_per_chunk = 250;
constexpr std::int64_t chunks_per_run = 1'024;

void append_entry(std::string& to, const known_delivery& value) {
  std::array<char, entry_bytes> bytes;
  const std::int64_t expires = value.expires.time_since_epoch().count();
  std::memcpy(bytes.data(), value.key.data(), 16);
  std::memcpy(bytes.data() + 16, &value.entity, 8);
  std::memcpy(bytes.data() + 24, &expires, 8);
  to.append(bytes.data(), bytes.size());
}

known_delivery read_entry(std::string_view entries, std::size_t place) {
  known_delivery result;
  std::int64_t expires;
  const auto* bytes = entries.data() + place * entry_bytes;
  std::memcpy(result.key.data(), bytes, 16);
  std::memcpy(&result.entity, bytes + 16, 8);
  std::memcpy(&expires, bytes + 24, 8);
  result.expires = timestamp{std::chrono::milliseconds{expires}};
  return result;
}

std::vector<digest> digests_in(std::string_view bytes) {
  std::vector<digest> result(bytes.size() / sizeof(digest));
  std::memcpy(result.data(), bytes.data(), result.size() * sizeof(digest));
  return result;
}

std::string_view bytes_of(const std::vector<digest>& digests) {
  return {reinterpret_cast<const char*>(digests.data()), digests.size() * sizeof(digest)};
}

} // namespace

delivery_runs::delivery_runs(connection& on)
    : newer_{on, "SELECT run, rows, expires, filter, fences FROM delivery_runs WHERE run > ?1 ORDER BY run"},
      chunk_{on, "SELECT entries FROM delivery_chunks WHERE chunk = ?1"},
      put_run_{on, "INSERT INTO delivery_runs VALUES (?1, ?2, ?3, ?4, ?5)"},
      put_chunk_{on, "INSERT INTO delivery_chunks VALUES (?1, ?2)"},
      drop_run_{on, "DELETE FROM delivery_runs WHERE run = ?1"},
      drop_chunks_{on, "DELETE FROM delivery_chunks WHERE chunk BETWEEN ?1 AND ?2"} {}

void delivery_runs::load() {
  auto row = newer_.rows(runs_.empty() ? 0 : runs_.back().number);
  while (row.next())
    runs_.push_back({row.integer(0), static_cast<std::size_t>(row.integer(1)), row.time(2), digest_filter{row.text(3)},
                     digests_in(row.text(4))});
}

std::optional<known_delivery> delivery_runs::find(const digest& key) {
  for (auto in = runs_.rbegin(); in != runs_.rend(); ++in)
    if (in->filter.may_hold(key))
      if (auto found = find_in(*in, key))
        return found;
  return std::nullopt;
}

std::optional<known_delivery> delivery_runs::find_in(const run& in, const digest& key) {
  const auto after = std::upper_bound(in.fences.begin(), in.fences.end(), key);
  if (after == in.fences.begin())
    return std::nullopt;
  auto row = chunk_.rows(in.number * chunks_per_run + (after - in.fences.begin()) - 1);
  if (!row.next())
    return std::nullopt; // another process has dropped it
  const auto entries = row.text(0);
  std::size_t first = 0;
  std::size_t last = entries.size() / entry_bytes;
  while (first < last) {
    const auto middle = (first + last) / 2;
    const int order = std::memcmp(entries.data() + middle * entry_bytes, key.data(), key.size());
    if (order == 0)
      return read_entry(entries, middle);
    (order < 0 ? first : last) = order < 0 ? middle + 1 : middle;
  }
  return std::nullopt;
}

void delivery_runs::add(std::span<const known_delivery> sorted) {
  load();
  run made{
      runs_.empty() ? 1 : runs_.back().number + 1, sorted.size(), sorted[0].expires, digest_filter{sorted.size()}, {}};
  std::string entries;
  for (std::size_t first = 0; first < sorted.size(); first += entries_per_chunk) {
    entries.clear();
    for (const auto& value : sorted.subspan(first, std::min(entries_per_chunk, sorted.size() - first))) {
      append_entry(entries, value);
      made.filter.add(value.key);
      made.expires = std::max(made.expires, value.expires);
    }
    put_chunk_.execute(made.number * chunks_per_run + static_cast<std::int64_t>(made.fences.size()), blob{entries});
    made.fences.push_back(sorted[first].key);
  }
  put_run_.execute(made.number, made.rows, made.expires, blob{made.filter.bytes()}, blob{bytes_of(made.fences)});
  runs_.push_back(std::move(made));
}

std::size_t delivery_runs::expire(timestamp now) {
  const auto over = std::find_if(runs_.begin(), runs_.end(), [&](const run& of) { return of.expires <= now; });
  if (over == runs_.end())
    return 0;
  const auto rows = over->rows;
  drop_run_.execute(over->number);
  drop_chunks_.execute(over->number * chunks_per_run, (over->number + 1) * chunks_per_run - 1);
  runs_.erase(over);
  return rows;
}

} // namespace troupe::storage::sqlite
