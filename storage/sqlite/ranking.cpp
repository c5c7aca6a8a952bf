#include "storage/sqlite/ranking.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::storage::sqlite {

void ranking::start(std::uint64_t documents, std::size_t numbers) {
  documents_ = documents;
  for (const auto& document : touched_)
    sums_[document.number].score = 0;
  touched_.clear();
  sums_.resize(numbers);
}

void ranking::add(const posting_list& list, std::size_t term, double weight) {
  if (!(weight > 0) || list.size() == 0)
    return;
  const auto found = static_cast<double>(list.size());
  const auto all = std::max(static_cast<double>(documents_), found);
  const auto rarity = std::log(1 + (all - found + 0.5) / (found + 0.5));
  const auto factor = static_cast<float>(weight * rarity / 255);
  const auto bit = std::uint64_t{1} << term;
  list.for_each([&](std::uint32_t number, std::uint8_t steps) {
    auto& [score, place] = sums_[number];
    if (score == 0) {
      place = static_cast<std::uint32_t>(touched_.size());
      touched_.push_back({number, bit});
    } else {
      touched_[place].terms |= bit;
    }
    score += factor * static_cast<float>(steps);
  });
}

std::vector<scored> ranking::best(std::size_t limit) const {
  std::vector<scored> result;
  const auto better = [](const scored& x, const scored& y) {
    return x.score != y.score ? x.score > y.score : x.number > y.number;
  };
  // A heap of the best so far, the worst of them on top.
  for (const auto& [number, terms] : touched_) {
    const scored candidate{number, sums_[number].score, terms};
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

} // namespace troupe::storage::sqlite
