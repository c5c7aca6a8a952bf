#include "storage/sqlite/ranking.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::storage::sqlite {

void ranking::start(std::uint64_t documents, std::size_t numbers) {
  documents_ = documents;
  for (const auto number : touched_)
    scores_[number] = 0;
  touched_.clear();
  scores_.resize(numbers);
}

void ranking::add(const posting_list& list, double weight) {
  if (!(weight > 0) || list.documents.empty())
    return;
  const auto found = static_cast<double>(list.documents.size());
  const auto all = std::max(static_cast<double>(documents_), found);
  const auto rarity = std::log(1 + (all - found + 0.5) / (found + 0.5));
  const auto factor = static_cast<float>(weight * rarity / posting_list::scale);
  for (std::size_t i = 0; i < list.documents.size(); ++i) {
    const auto number = list.documents[i];
    auto& score = scores_[number];
    if (score == 0)
      touched_.push_back(number);
    score += factor * static_cast<float>(list.impacts[i]);
  }
}

std::vector<scored> ranking::best(std::size_t limit) const {
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

} // namespace troupe::storage::sqlite
