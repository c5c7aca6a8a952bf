#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace troupe::testing {

/// A new ticket and the ids of those that it should find.
struct judged_query {
  std::string id;
  std::string subject;
  std::string description;
  std::set<std::string> relevant;
};

std::vector<judged_query> load_queries(const std::filesystem::path& file);

/// How many results count.
inline constexpr std::size_t depth = 50;

/// Gives ids, best first, at most `depth`.
using ranker = std::function<std::vector<std::string>(const judged_query&)>;

struct quality {
  double mean_average_precision = 0;
  double precision_at_5 = 0;
};

quality measure(const std::vector<judged_query>& queries, const ranker& rank);

} // namespace troupe::testing
