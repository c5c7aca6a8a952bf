#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/backend.hpp"
#include "storage/sqlite/ranking.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// How far a tenant's documents have come: what caches compare.
struct document_state {
  std::uint64_t version = 0;
  std::uint64_t replaced = 0; ///< the last version that changed a document instead of adding it
  std::uint64_t tickets = 0;
  std::uint64_t articles = 0;
};

/// Lengths of the texts in one full-text index, kept for the tenants searched lately.
class length_cache {
public:
  /// @param sizes SQL that selects row id and sizes of the rows between two ids
  length_cache(connection& on, const char* sizes) : sizes_{on, sizes} {}

  /// Up to date with `state`; valid until the next call.
  const text_lengths& lengths_of(std::int64_t tenant, const document_state& state);

private:
  struct kept {
    text_lengths lengths;
    std::uint64_t version = 0;
  };

  std::unordered_map<std::int64_t, kept> tenants_;
  statement sizes_;
};

/// Full-text search over the documents of one tenant at a time, given by number; see `reader`. Inside a read
/// transaction.
class search {
public:
  search(connection& on, std::shared_ptr<posting_cache> cache);

  std::vector<ticket_hit> tickets(std::int64_t tenant, const text_query& query);
  std::vector<article_hit> articles(std::int64_t tenant, const text_query& query);
  std::uint64_t ticket_frequency(std::int64_t tenant, std::string_view text);
  document_state state(std::int64_t tenant);

private:
  /// One of the two indices.
  struct text_index {
    int number;
    statement read; ///< postings of an expression
    length_cache lengths;
  };

  std::vector<scored> best(text_index& in, std::int64_t tenant, const text_query& query);
  std::vector<posting_list_ptr> lists_of(text_index& in, std::int64_t tenant, const posting_cache::stamp& as_of,
                                         const text_lengths& lengths, std::span<const std::string_view> terms);
  std::uint64_t count(std::int64_t tenant, std::string_view text);

  connection& on_;
  ranking ranking_;
  std::shared_ptr<posting_cache> cache_;
  text_index ticket_text_;
  text_index article_text_;
  std::unordered_map<std::string, std::uint64_t> frequencies_; ///< as of `frequencies_version_`
  std::int64_t frequencies_tenant_ = 0;
  std::uint64_t frequencies_version_ = 0;

  statement state_;
  statement ticket_;
  statement article_;
  statement word_;
  statement phrase_;
};

} // namespace troupe::storage::sqlite
