#include "storage/sqlite/ranking.hpp"

#include "storage/sqlite/tokenizer.hpp"
#include "storage/types.hpp"

#include <algorithm>
#include <cmath>
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

void ranking::start(std::int64_t tenant, std::span<const double> weights, const std::array<double, 3>& fields,
                    double k1, double b, const text_lengths& lengths) {
  tenant_ = tenant;
  weights_ = weights;
  for (std::size_t i = 0; i < fields.size(); ++i)
    fields_[i] = static_cast<float>(fields[i]);
  k1_ = k1;
  b_ = b;
  lengths_ = &lengths;
  for (const auto number : touched_)
    scores_[number] = 0;
  touched_.clear();
  matches_.clear();
  scores_.resize(lengths.tokens.size());
}

void ranking::match(std::int64_t row, float frequency) {
  // The tokens are the tenant's own already; another's document must not pass even if the index were wrong.
  const auto number = number_of(row);
  if (tenant_of(row) == tenant_ && number < scores_.size() && frequency > 0)
    matches_.push_back({number, frequency});
}

void ranking::finish_phrase(std::size_t phrase) {
  if (!(weights_[phrase] > 0)) {
    matches_.clear();
    return;
  }
  const auto found = static_cast<double>(matches_.size());
  const auto all = static_cast<double>(std::max<std::uint64_t>(lengths_->documents, matches_.size()));
  const auto rarity = std::log(1 + (all - found + 0.5) / (found + 0.5));
  const auto mean = std::max(1.0, static_cast<double>(lengths_->total) / std::max(1.0, all));
  const auto factor = static_cast<float>(weights_[phrase] * rarity * (k1_ + 1));
  const auto base = static_cast<float>(k1_ * (1 - b_));
  const auto slope = static_cast<float>(k1_ * b_ / mean);
  for (const auto& [number, frequency] : matches_) {
    auto& score = scores_[number];
    if (score == 0)
      touched_.push_back(number);
    score += factor * frequency / (frequency + base + slope * static_cast<float>(lengths_->tokens[number]));
  }
  matches_.clear();
}

std::vector<scored> ranking::best(std::size_t limit) {
  std::vector<scored> result;
  const auto better = [](const scored& x, const scored& y) {
    return x.score != y.score ? x.score > y.score : x.number > y.number;
  };
  // A heap of the best so far, the worst of them on top.
  for (const auto number : touched_) {
    const scored candidate{number, scores_[number]};
    if (result.size() < limit) {
      result.push_back(candidate);
      std::push_heap(result.begin(), result.end(), better);
    } else if (limit > 0 && better(candidate, result.front())) {
      std::pop_heap(result.begin(), result.end(), better);
      result.back() = candidate;
      std::push_heap(result.begin(), result.end(), better);
    }
  }
  std::sort_heap(result.begin(), result.end(), better);
  return result;
}

namespace {

int take_match(const Fts5ExtensionApi* api, Fts5Context* fts, void* user) try {
  auto& into = *static_cast<ranking*>(user);
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

void rank(const Fts5ExtensionApi* api, Fts5Context* fts, sqlite3_context* result, int count, sqlite3_value** values) {
  auto* into = count == 1 ? static_cast<ranking*>(sqlite3_value_pointer(values[0], ranking_pointer)) : nullptr;
  if (!into) {
    sqlite3_result_error_code(result, SQLITE_MISUSE);
    return;
  }
  try {
    const auto phrases = std::min(into->phrases(), static_cast<std::size_t>(api->xPhraseCount(fts)));
    for (std::size_t i = 0; i < phrases; ++i) {
      if (const int code = api->xQueryPhrase(fts, static_cast<int>(i), into, take_match); code != SQLITE_OK) {
        sqlite3_result_error_code(result, code);
        return;
      }
      into->finish_phrase(i);
    }
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(result);
  }
}

} // namespace

void register_ranking(sqlite3* handle) {
  auto* api = full_text_api(handle);
  if (api->xCreateFunction(api, "troupe_rank", nullptr, rank, nullptr) != SQLITE_OK)
    throw error{fault::unavailable, "SQLite doesn't take the ranking function"};
}

} // namespace troupe::storage::sqlite
