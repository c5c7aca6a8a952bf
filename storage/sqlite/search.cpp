#include "storage/sqlite/search.hpp"

#include "storage/sqlite/tokenizer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <sqlite3.h>

namespace troupe::storage::sqlite {

namespace {

constexpr std::size_t most_terms = 64;
constexpr std::size_t most_hits = 1'000;
constexpr std::size_t longest_term = 512; ///< bytes
constexpr std::size_t most_frequencies = 16'384;
constexpr std::size_t most_lengths = 4'000'000; ///< documents of all tenants: 8 MB

/// What FTS5 keeps per row: for each column the number of tokens, as SQLite's big-endian numbers of 7 bits a byte.
std::uint64_t sum_of_sizes(std::string_view sizes) {
  std::uint64_t total = 0;
  std::uint64_t value = 0;
  for (const char c : sizes) {
    const auto byte = static_cast<unsigned char>(c);
    value = (value << 7) | (byte & 0x7f);
    if ((byte & 0x80) == 0) {
      total += value;
      value = 0;
    }
  }
  return total;
}

/// Cut between characters.
std::string_view shortened(std::string_view text) {
  if (text.size() <= longest_term)
    return text;
  auto end = longest_term;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  return text.substr(0, end);
}

} // namespace

const text_lengths& length_cache::lengths_of(std::int64_t tenant, const document_state& state) {
  if (!tenants_.contains(tenant)) {
    std::size_t all = 0;
    for (const auto& [number, cached] : tenants_)
      all += cached.lengths.tokens.size();
    if (all > most_lengths)
      tenants_.clear();
  }
  auto& [lengths, version] = tenants_[tenant];
  if (version == state.version)
    return lengths;
  if (version < state.replaced)
    lengths = {};
  const auto known = static_cast<std::uint32_t>(lengths.tokens.size());
  auto rows = sizes_.rows(row_of(tenant, known), row_of(tenant, std::numeric_limits<std::uint32_t>::max()));
  while (rows.next())
    lengths.add(number_of(rows.integer(0)), sum_of_sizes(rows.text(1)));
  version = state.version;
  return lengths;
}

search::search(connection& on, std::shared_ptr<posting_cache> cache)
    : on_{on}, cache_{std::move(cache)},
      ticket_text_{0,
                   {on, "SELECT troupe_postings(ticket_text, ?2) FROM ticket_text WHERE ticket_text MATCH ?1 LIMIT 1"},
                   {on, "SELECT id, sz FROM ticket_text_docsize WHERE id BETWEEN ?1 AND ?2"}},
      article_text_{
          1,
          {on, "SELECT troupe_postings(article_text, ?2) FROM article_text WHERE article_text MATCH ?1 LIMIT 1"},
          {on, "SELECT id, sz FROM article_text_docsize WHERE id BETWEEN ?1 AND ?2"}},
      state_{on, "SELECT version, replaced, tickets, articles FROM document_state WHERE tenant = ?1"},
      ticket_{on, "SELECT id, subject, description, resolution, resolved_at FROM ticket_history WHERE doc = ?1"},
      article_{on, "SELECT id, title, summary, body, url FROM articles WHERE doc = ?1"},
      word_{on, "SELECT doc FROM ticket_words WHERE term = ?1"},
      phrase_{on, "SELECT count(*) FROM ticket_text WHERE ticket_text MATCH ?1"} {}

document_state search::state(std::int64_t tenant) {
  const auto number = [](const statement::run& row, int column) {
    return static_cast<std::uint64_t>(row.integer(column));
  };
  auto row = state_.rows(tenant);
  if (!row.next())
    return {};
  return {number(row, 0), number(row, 1), number(row, 2), number(row, 3)};
}

std::vector<posting_list_ptr> search::lists_of(text_index& in, std::int64_t tenant, const posting_cache::stamp& as_of,
                                               const text_lengths& lengths, std::span<const std::string_view> terms) {
  auto result = cache_->find({in.number, tenant}, as_of, terms);
  std::string expression;
  std::vector<std::size_t> missing; // in the expression's order
  for (std::size_t i = 0; i < terms.size(); ++i) {
    // FTS5 numbers only phrases that have tokens.
    if (result[i] || tokens_of(tenant, terms[i], 1).empty())
      continue;
    expression += (expression.empty() ? "" : " OR ") + quoted(tenant, terms[i]);
    missing.push_back(i);
  }
  if (missing.empty())
    return result;
  posting_reader reader{tenant, as_of.weights, lengths};
  in.read.rows(expression, pointer{&reader, posting_reader_pointer}).next();
  auto read = reader.finish();
  read.resize(missing.size()); // there is no row, and no list, when nothing matches
  for (std::size_t i = 0; i < missing.size(); ++i) {
    auto& list = result[missing[i]];
    list = read[i] ? std::move(read[i]) : std::make_shared<const posting_list>();
    cache_->put({in.number, tenant}, as_of, terms[missing[i]], list);
  }
  return result;
}

std::vector<scored> search::best(text_index& in, std::int64_t tenant, const text_query& query) {
  std::vector<std::string_view> terms;
  for (const auto& term : query.terms) {
    if (terms.size() == most_terms)
      break;
    terms.push_back(shortened(term.text));
  }
  const auto now = state(tenant);
  const auto& lengths = in.lengths.lengths_of(tenant, now);
  const auto lists = lists_of(in, tenant, {now.version, {query.field_weights, query.k1, query.b}}, lengths, terms);
  ranking_.start(lengths.documents, lengths.tokens.size());
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (lists[i])
      ranking_.add(*lists[i], i, query.terms[i].weight * (query.k1 + 1));
  }
  return ranking_.best(std::min(query.limit, most_hits));
}

std::vector<ticket_hit> search::tickets(std::int64_t tenant, const text_query& query) {
  std::vector<ticket_hit> result;
  for (const auto& [number, score, terms] : best(ticket_text_, tenant, query)) {
    auto row = ticket_.rows(row_of(tenant, number));
    if (row.next())
      result.push_back({{row.string(0), row.string(1), row.string(2), row.string(3), row.string(4)}, score, terms});
  }
  return result;
}

std::vector<article_hit> search::articles(std::int64_t tenant, const text_query& query) {
  std::vector<article_hit> result;
  for (const auto& [number, score, terms] : best(article_text_, tenant, query)) {
    auto row = article_.rows(row_of(tenant, number));
    if (row.next())
      result.push_back({{row.string(0), row.string(1), row.string(2), row.string(3), row.string(4)}, score, terms});
  }
  return result;
}

std::uint64_t search::count(std::int64_t tenant, std::string_view text) {
  const auto tokens = tokens_of(tenant, text, 2);
  if (tokens.empty())
    return 0;
  // A single token's count is in the index's list of words.
  const bool word = tokens.size() == 1;
  const auto wanted = word ? tokens[0] : quoted(tenant, text);
  auto row = (word ? word_ : phrase_).rows(wanted);
  return row.next() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

std::uint64_t search::ticket_frequency(std::int64_t tenant, std::string_view text) {
  const auto version = state(tenant).version;
  if (tenant != frequencies_tenant_ || version != frequencies_version_ || frequencies_.size() >= most_frequencies) {
    frequencies_.clear();
    frequencies_tenant_ = tenant;
    frequencies_version_ = version;
  }
  const std::string term{shortened(text)};
  if (const auto known = frequencies_.find(term); known != frequencies_.end())
    return known->second;
  return frequencies_[term] = count(tenant, term);
}

} // namespace troupe::storage::sqlite
