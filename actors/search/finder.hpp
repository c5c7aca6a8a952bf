#pragma once

#include <array>
#include <cstddef>

#include "actors/search/found.hpp"

namespace troupe::actors::search {

/// How searches weigh what they find, and what one may cost.
struct finder_settings {
  std::size_t words = 32;             ///< of the new ticket that the index is asked for
  std::size_t postings = 40'000;      ///< entries of the index that one query may touch; the rarest words first
  std::size_t feedback_documents = 3; ///< best hits that lend their words to a second query; 0 = no second query
  std::size_t feedback_words = 12;    ///< words lent
  double feedback_weight = 0.4;       ///< of a word that all of them have
  std::array<double, 3> field_weights{3, 1, 1}; ///< subject, description, resolution
  double k1 = 1.5;
  double b = 0.3;
};

/// Searches the local tables: turns a ticket's text into a query of its telling words, asks the index, and asks again
/// with words that the best hits lend. Holds nothing but its settings: any thread may call; the reader is the caller's
/// own. Calls block, and throw `storage::error` (the source failed: the job goes on without it).
class finder {
public:
  explicit finder(finder_settings settings = {}) : settings_{settings} {}

  /// Solved tickets of the tenant like this one. `limit` of the request counts.
  tickets_found find_tickets(storage::reader& from, const request& what) const;

  /// Articles of the tenant's local table.
  articles_found find_articles(storage::reader& from, const request& what) const;

  /// Inventory entries of the IPv4 and IPv6 addresses in subject and description.
  assets_found find_assets(storage::reader& from, const request& what) const;

private:
  finder_settings settings_;
};

} // namespace troupe::actors::search
