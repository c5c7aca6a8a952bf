#include "measures.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

namespace troupe::testing {

std::vector<judged_query> load_queries(const std::filesystem::path& file) {
  std::vector<judged_query> result;
  std::ifstream lines{file};
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line);
    judged_query query{object.at("id"), object.at("subject"), object.at("description"), {}};
    for (const auto& [id, grade] : object.at("relevant").items()) {
      if (grade.get<int>() > 0)
        query.relevant.insert(id);
    }
    result.push_back(std::move(query));
  }
  return result;
}

quality measure(const std::vector<judged_query>& queries, const ranker& rank) {
  quality sum;
  for (const auto& query : queries) {
    std::size_t place = 0;
    std::size_t found = 0;
    double precisions = 0;
    for (const auto& id : rank(query)) {
      ++place;
      if (!query.relevant.contains(id))
        continue;
      ++found;
      precisions += static_cast<double>(found) / static_cast<double>(place);
      if (place <= 5)
        sum.precision_at_5 += 0.2;
    }
    sum.mean_average_precision += precisions / static_cast<double>(query.relevant.size());
  }
  const auto count = static_cast<double>(queries.size());
  return {sum.mean_average_precision / count, sum.precision_at_5 / count};
}

} // namespace troupe::testing
