#include "actors/search/finder.hpp"

#include <algorithm>

#include "actors/search/feedback.hpp"
#include "actors/search/query.hpp"
#include "actors/search/words.hpp"
#include "net/addresses.hpp"

namespace troupe::actors::search {

namespace {

constexpr std::size_t limit_of_results = 50;
constexpr std::size_t limit_of_addresses = 32;
constexpr double other_name_factor = 0.5;

storage::text_query query_of(const std::vector<query_word>& words) {
  storage::text_query result;
  const auto asked = [&](std::string_view text) {
    return std::ranges::any_of(words, [&](const query_word& word) { return word.text == text; });
  };
  for (const auto& word : words)
    result.terms.push_back({word.text, word.weight});
  for (const auto& word : words) {
    for (const auto& other : also_called(word.stem)) {
      if (!asked(other))
        result.terms.push_back({other, word.weight * other_name_factor});
    }
  }
  return result;
}

std::size_t results_for(const request& what) {
  return std::clamp<std::size_t>(what.limit, 1, limit_of_results);
}

} // namespace

tickets_found finder::find_tickets(storage::reader& from, const request& what) const {
  tickets_found result;
  const auto words = words_of(what.subject, what.description, settings_.words);
  if (words.empty())
    return result;
  auto query = query_of(words);
  const auto limit = results_for(what);
  query.limit = settings_.feedback_documents > 0 ? settings_.feedback_documents : limit;
  query.field_weights = settings_.field_weights;
  query.k1 = settings_.k1;
  query.b = settings_.b;
  auto hits = from.search_tickets(what.tenant, query);
  if (settings_.feedback_documents > 0 && !hits.empty()) {
    auto lent =
        lent_words(hits, settings_.feedback_documents, words, settings_.feedback_words, settings_.feedback_weight);
    std::ranges::move(lent, std::back_inserter(query.terms));
    query.limit = limit;
    hits = from.search_tickets(what.tenant, query);
  }
  result.hits = std::move(hits);
  result.status = result.hits.empty() ? source_status::empty : source_status::ok;
  return result;
}

articles_found finder::find_articles(storage::reader& from, const request& what) const {
  articles_found result;
  const auto words = words_of(what.subject, what.description, settings_.words);
  if (words.empty())
    return result;
  auto query = query_of(words);
  query.limit = results_for(what);
  result.hits = from.search_articles(what.tenant, query);
  result.status = result.hits.empty() ? source_status::empty : source_status::ok;
  return result;
}

assets_found finder::find_assets(storage::reader& from, const request& what) const {
  assets_found result;
  const auto addresses = net::find_addresses(what.subject + '\n' + what.description, limit_of_addresses);
  if (addresses.empty())
    return result;
  const auto assets = from.find_assets(what.tenant, addresses);
  for (const auto& address : addresses) {
    const auto owner = std::ranges::find_if(assets, [&](const storage::asset& asset) {
      return std::ranges::find(asset.addresses, address) != asset.addresses.end();
    });
    if (owner == assets.end())
      result.unknown.push_back(address);
    else if (result.hits.size() < results_for(what))
      result.hits.push_back({address, *owner});
  }
  result.status = result.hits.empty() ? source_status::empty : source_status::ok;
  return result;
}

} // namespace troupe::actors::search
