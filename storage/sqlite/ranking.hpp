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
  std::uint64_t terms = 0; ///< bit i: the query's term i occurs in it
};

/// Adds up the scores of one query's matches, term by term. Reused from query to query.
class ranking {
public:
  /// Starts a query among a tenant's documents.
  /// @param numbers one more than the highest number of a document
  void start(std::uint64_t documents, std::size_t numbers);

  /// The documents of term `term`, below 64. Rare terms count more: BM25's inverse document frequency.
  /// @param weight of the term times the greatest possible impact
  void add(const posting_list& list, std::size_t term, double weight);

  /// The best, best first; of equals the newer document.
  std::vector<scored> best(std::size_t limit) const;

private:
  std::uint64_t documents_ = 0;
  std::vector<std::uint32_t> places_; ///< by document number: its place in `found_` plus one; 0 = not found yet
  std::vector<scored> found_;         ///< documents with a score, as they were met
};

} // namespace troupe::storage::sqlite
