#pragma once

#include <memory>

#include "actors/search/found.hpp"

namespace troupe::actors::search {

/// Bounds of what one search may cost and of what is remembered between searches.
struct finder_settings {
  std::size_t ticket_postings = 4'000;  ///< index entries that one search for tickets may touch, roughly
  std::size_t article_postings = 4'000; ///< the same for articles
  std::size_t candidates = 40;          ///< hits of the index that are ranked again with the whole text
  std::size_t cached_tenants = 256;     ///< tenants whose word frequencies are remembered
  std::size_t cached_words = 20'000;    ///< per tenant
};

/// Searches the local tables: turns a ticket's text into a query of its telling words, asks the index and ranks the
/// best again by what it can't see. Any thread may call; the reader is the caller's own. Calls block, and throw
/// `storage::error` (the source failed: the job goes on without it).
class finder {
public:
  explicit finder(finder_settings settings = {});
  ~finder();

  finder(const finder&) = delete;
  finder& operator=(const finder&) = delete;

  /// Solved tickets of the tenant like this one. `limit` of the request counts.
  tickets_found find_tickets(storage::reader& from, const request& what);

  /// Articles of the tenant's local table.
  articles_found find_articles(storage::reader& from, const request& what);

  /// Inventory entries of the IPv4 and IPv6 addresses in subject and description.
  assets_found find_assets(storage::reader& from, const request& what);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::actors::search
