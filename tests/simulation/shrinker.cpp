#include "tests/simulation/shrinker.hpp"

#include <algorithm>
#include <numeric>

#include "tests/simulation/world.hpp"

namespace troupe::simulation {

namespace {

plan with_faults(const plan& of, const std::vector<std::size_t>& kept) {
  plan result = of;
  result.faults.clear();
  for (const auto number : kept)
    result.faults.push_back(of.faults[number]);
  return result;
}

} // namespace

shrunk shrink(const plan& of) {
  shrunk best{of, std::vector<std::size_t>(of.faults.size()), {}};
  std::iota(best.kept.begin(), best.kept.end(), 0);
  const auto fails = [&](const std::vector<std::size_t>& kept) {
    auto tried = with_faults(of, kept);
    auto went = world{tried, false}.run();
    if (went.violation.empty())
      return false;
    best = {std::move(tried), kept, std::move(went.violation)};
    return true;
  };
  fails(best.kept);
  // Large portions first: half of the list, a quarter, … one by one (Zeller, "Yesterday, my program worked", 1999).
  for (auto portion = std::max<std::size_t>(1, best.kept.size() / 2); !best.kept.empty();) {
    bool cut = false;
    for (std::size_t begin = 0; begin < best.kept.size();) {
      auto kept = best.kept;
      const auto end = std::min(begin + portion, kept.size());
      kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(begin), kept.begin() + static_cast<std::ptrdiff_t>(end));
      if (fails(kept))
        cut = true;
      else
        begin += portion;
    }
    if (!cut && portion == 1)
      break;
    portion = std::max<std::size_t>(1, portion / 2);
  }
  return best;
}

} // namespace troupe::simulation
