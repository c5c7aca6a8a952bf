#include "storage/sqlite/ranking.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::storage::sqlite {

void ranking::start(std::uint64_t documents, std::size_t numbers) {
  documents_ = documents;
  if (found_.size() > places_.size() / 8)
    std::fill(places_.begin(), places_.end(), 0);
  else
    for (const auto& document : found_)
      places_[document.number] = 0;
  found_.clear();
  places_.resize(numbers);
}

void ranking::add(const posting_list& list, std::size_t term, double weight) {
  if (!(weight > 0) || list.size() == 0)
    return;
  const auto found = static_cast<double>(list.size());
  const auto all = std::max(static_cast<double>(documents_), found);
  const auto rarity = std::log(1 + (all - found + 0.5) / (found + 0.5));
  const auto factor = static_cast<float>(weight * rarity / 255);
  const auto bit = std::uint64_t{1} << term;
  found_.reserve(std::min(places_.size(), found_.size() + list.size()));
  list.for_each([&](std::uint32_t number, std::uint8_t steps) {
    const auto score = factor * static_cast<float>(steps);
    auto& place = places_[number];
    if (place == 0) {
      found_.push_back({number, score, bit});
      place = static_cast<std::uint32_t>(found_.size());
    } else {
      auto& known = found_[place - 1];
      known.score += score;
      known.terms |= bit;
    }
  });
}

std::vector<scored> ranking::best(std::size_t limit) const {
  const auto better = [](const scored& x, const scored& y) {
    return x.score != y.score ? x.score > y.score : x.number > y.number;
  };
  // A heap of the best so far, the worst of them on top.
  const auto first = found_.begin() + static_cast<std::ptrdiff_t>(std::min(limit, found_.size()));
  std::vector<scored> result{found_.begin(), first};
  if (result.empty())
    return result;
  std::make_heap(result.begin(), result.end(), better);
  for (auto candidate = first; candidate != found_.end(); ++candidate) {
    if (candidate->score < result.front().score || !better(*candidate, result.front()))
      continue;
    std::pop_heap(result.begin(), result.end(), better);
    result.back() = *candidate;
    std::push_heap(result.begin(), result.end(), better);
  }
  std::sort_heap(result.begin(), result.end(), better);
  return result;
}

} // namespace troupe::storage::sqlite
