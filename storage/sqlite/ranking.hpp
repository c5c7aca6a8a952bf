#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

struct sqlite3;

namespace troupe::storage::sqlite {

/// Row ids of documents: the tenant above, the document's own number below.
constexpr std::int64_t row_of(std::int64_t tenant, std::uint32_t number) {
  return (tenant << 32) | number;
}
constexpr std::int64_t tenant_of(std::int64_t row) {
  return row >> 32;
}
constexpr std::uint32_t number_of(std::int64_t row) {
  return static_cast<std::uint32_t>(row);
}

/// A document of a tenant and how well it matches.
struct scored {
  std::uint32_t number = 0; ///< the lower half of the row's id
  float score = 0;
};

/// What a tenant's texts of one index are like, for BM25.
struct text_lengths {
  std::vector<std::uint16_t> tokens; ///< by a document's number; 0 = no such document
  std::uint64_t documents = 0;
  std::uint64_t total = 0; ///< tokens of all

  void add(std::uint32_t number, std::uint64_t count);
};

/// Scores the matches of one query, term by term. FTS5's own `bm25` reads every list of matches twice, knows no weights
/// of terms, and leaves all matches to be sorted; it is also blind to tenants. Reused from query to query.
class ranking {
public:
  /// Starts a query among the documents of `tenant`. `weights`: one per phrase of the expression; all must outlive the
  /// query.
  void start(std::int64_t tenant, std::span<const double> weights, const std::array<double, 3>& fields, double k1,
             double b, const text_lengths& lengths);

  /// A phrase's matches, in turn; then `finish_phrase`. @param frequency weighted number of occurrences
  void match(std::int64_t row, float frequency);
  void finish_phrase(std::size_t phrase);

  float field_weight(int column) const noexcept {
    return fields_[static_cast<std::size_t>(column) % fields_.size()];
  }
  std::size_t phrases() const noexcept {
    return weights_.size();
  }

  /// The best, best first; of equals the newer document.
  std::vector<scored> best(std::size_t limit);

private:
  std::int64_t tenant_ = 0;
  std::span<const double> weights_;
  std::array<float, 3> fields_{};
  double k1_ = 0;
  double b_ = 0;
  const text_lengths* lengths_ = nullptr;
  std::vector<scored> matches_;        ///< of the phrase at hand; `score` holds the frequency
  std::vector<float> scores_;          ///< by document number
  std::vector<std::uint32_t> touched_; ///< documents with a score
};

/// Makes the function `troupe_rank(table, query)` known to a connection; `query` is a `ranking` bound as a pointer of
/// this type. It runs all of the query in its first call.
void register_ranking(sqlite3* handle);
inline constexpr const char* ranking_pointer = "troupe_ranking";

} // namespace troupe::storage::sqlite
