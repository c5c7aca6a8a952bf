#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/sqlite/posting_lists.hpp"

namespace troupe::storage::sqlite {

/// A document of a tenant and how well it matches.
struct scored {
  std::uint32_t number = 0; ///< the lower half of the row's id
  float score = 0;
};

/// Adds up the scores of one query's matches, term by term. Reused from query to query.
class ranking {
public:
  /// Starts a query among a tenant's documents.
  /// @param numbers one more than the highest number of a document
  void start(std::uint64_t documents, std::size_t numbers);

  /// A term's documents. Rare terms count more: BM25's inverse document frequency.
  void add(const posting_list& list, double weight);

  /// The best, best first; of equals the newer document.
  std::vector<scored> best(std::size_t limit) const;

private:
  std::uint64_t documents_ = 0;
  std::vector<float> scores_;          ///< by document number
  std::vector<std::uint32_t> touched_; ///< documents with a score
};

} // namespace troupe::storage::sqlite
