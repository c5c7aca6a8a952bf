#pragma once

#include <array>
#include <cstddef>

#include "actors/search/found.hpp"

namespace troupe::actors::search {

/// How searches weigh what they find.
struct finder_settings {
  std::size_t words = 40;                       ///< of the new ticket that the index is asked for
  std::array<double, 3> field_weights{4, 1, 1}; ///< tickets: subject, description, resolution; articles: title, …
  double k1 = 1.5;                              ///< BM25: how fast repeated occurrences stop to count
  double b = 0.3;                               ///< BM25: how much long texts are held back
};

/// Searches the local tables: turns a ticket's text into a query of its telling words and asks the index. What shares
/// too little with the ticket isn't given, however little there is: a note is better without it. Holds nothing but its
/// settings: any thread may call; the reader is the caller's own. Calls block, and throw `storage::error` (the source
/// failed: the job goes on without it).
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
