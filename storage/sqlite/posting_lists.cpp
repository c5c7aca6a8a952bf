#include "storage/sqlite/posting_lists.hpp"

#include "storage/sqlite/tokenizer.hpp"
#include "storage/types.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include <sqlite3.h>

namespace troupe::storage::sqlite {

void text_lengths::add(std::uint32_t number, std::uint64_t count) {
  if (number >= tokens.size())
    tokens.resize(number + 1);
  // A text without any token is still a document.
  tokens[number] =
      static_cast<std::uint16_t>(std::clamp<std::uint64_t>(count, 1, std::numeric_limits<std::uint16_t>::max()));
  ++documents;
  total += count;
}

void posting_list::add(std::uint32_t number, float impact) {
  auto distance = number - last_;
  for (; distance >= 0x80; distance >>= 7)
    packed_.push_back(static_cast<std::uint8_t>(distance | 0x80));
  packed_.push_back(static_cast<std::uint8_t>(distance));
  packed_.push_back(static_cast<std::uint8_t>(std::clamp(impact * 255 + 0.5F, 1.F, 255.F)));
  last_ = number;
  ++size_;
}

posting_reader::posting_reader(std::int64_t tenant, const bm25& weights, const text_lengths& lengths)
    : tenant_{tenant}, lengths_{lengths}, list_{std::make_shared<posting_list>()} {
  for (std::size_t i = 0; i < fields_.size(); ++i)
    fields_[i] = static_cast<float>(weights.fields[i]);
  const auto mean = std::max(1.0, static_cast<double>(lengths.total)
                                      / static_cast<double>(std::max<std::uint64_t>(1, lengths.documents)));
  base_ = static_cast<float>(weights.k1 * (1 - weights.b));
  slope_ = static_cast<float>(weights.k1 * weights.b / mean);
}

void posting_reader::match(std::int64_t row, float frequency) {
  // The tokens are the tenant's own already; another's document must not pass even if the index were wrong.
  const auto number = number_of(row);
  if (tenant_of(row) != tenant_ || number >= lengths_.tokens.size() || !(frequency > 0))
    return;
  const auto length = static_cast<float>(lengths_.tokens[number]);
  list_->add(number, frequency / (frequency + base_ + slope_ * length));
}

void posting_reader::finish_phrase() {
  list_->finish();
  finished_.push_back(std::move(list_));
  list_ = std::make_shared<posting_list>();
}

namespace {

int take_match(const Fts5ExtensionApi* api, Fts5Context* fts, void* user) try {
  auto& into = *static_cast<posting_reader*>(user);
  Fts5PhraseIter position;
  int column = 0;
  int offset = 0;
  float frequency = 0;
  if (const int code = api->xPhraseFirst(fts, 0, &position, &column, &offset); code != SQLITE_OK)
    return code;
  for (; column >= 0; api->xPhraseNext(fts, &position, &column, &offset))
    frequency += into.field_weight(column);
  into.match(api->xRowid(fts), frequency);
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_NOMEM;
}

void read_postings(const Fts5ExtensionApi* api, Fts5Context* fts, sqlite3_context* result, int count,
                   sqlite3_value** values) {
  auto* into =
      count == 1 ? static_cast<posting_reader*>(sqlite3_value_pointer(values[0], posting_reader_pointer)) : nullptr;
  if (!into) {
    sqlite3_result_error_code(result, SQLITE_MISUSE);
    return;
  }
  try {
    for (int i = 0; i < api->xPhraseCount(fts); ++i) {
      if (const int code = api->xQueryPhrase(fts, i, into, take_match); code != SQLITE_OK) {
        sqlite3_result_error_code(result, code);
        return;
      }
      into->finish_phrase();
    }
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(result);
  }
}

} // namespace

void register_posting_reader(sqlite3* handle) {
  auto* api = full_text_api(handle);
  if (api->xCreateFunction(api, "troupe_postings", nullptr, read_postings, nullptr) != SQLITE_OK)
    throw error{fault::unavailable, "SQLite doesn't take the function that reads postings"};
}

std::vector<posting_list_ptr> posting_cache::find(const shelf_key& where, const stamp& as_of,
                                                  std::span<const std::string_view> terms) {
  std::vector<posting_list_ptr> result(terms.size());
  const std::lock_guard lock{mutex_};
  const auto found = shelves_.find(where);
  if (found == shelves_.end() || found->second.as_of != as_of)
    return result;
  auto& from = found->second;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (const auto young = from.young.find(terms[i]); young != from.young.end()) {
      result[i] = young->second;
    } else if (const auto old = from.old.find(terms[i]); old != from.old.end()) {
      result[i] = old->second;
      auto node = from.old.extract(old);
      add(from, std::move(node.key()), std::move(node.mapped()));
    }
  }
  if (young_bytes_ > byte_limit_ / 2)
    turn();
  return result;
}

void posting_cache::put(const shelf_key& where, const stamp& as_of, std::string_view term, posting_list_ptr list) {
  const std::lock_guard lock{mutex_};
  auto& to = shelves_[where];
  if (to.as_of != as_of) {
    // A reader that sees an older state must not undo what others have read since.
    if (to.as_of.version > as_of.version)
      return;
    to = {as_of, {}, {}};
  }
  add(to, std::string{term}, std::move(list));
  if (young_bytes_ > byte_limit_ / 2)
    turn();
}

void posting_cache::add(shelf& to, std::string term, posting_list_ptr list) {
  constexpr std::size_t overhead = 160; // of an entry of the map and the list's own members
  young_bytes_ += list->bytes() + term.size() + overhead;
  to.young.insert_or_assign(std::move(term), std::move(list));
}

void posting_cache::turn() {
  for (auto i = shelves_.begin(); i != shelves_.end();) {
    auto& kept = i->second;
    kept.old = std::exchange(kept.young, {});
    i = kept.old.empty() ? shelves_.erase(i) : std::next(i);
  }
  young_bytes_ = 0;
}

} // namespace troupe::storage::sqlite
