#include "actors/search/finder.hpp"

#include <algorithm>

#include "actors/search/query.hpp"
#include "actors/search/words.hpp"
#include "net/addresses.hpp"

namespace troupe::actors::search {

/// A query, and what its terms prove.
struct question {
  struct thing {
    std::uint64_t names = 0; ///< a bit for each of its names among the terms
    double weight = 0;
    search::proof proof = proof::none;
  };

  storage::text_query query; ///< without a limit
  std::vector<thing> things; ///< that the ticket speaks of
  double weight = 0;         ///< of all of them
};

namespace {

constexpr std::size_t most_results = 50;
constexpr std::size_t most_addresses = 32;
constexpr std::size_t most_terms = 64; ///< that the index takes
constexpr double other_name_factor = 0.7;
/// A document is about the same when it has as many telling words of the ticket, or one that is so much of it.
constexpr int enough_telling = 2;
constexpr double enough_share = 0.2;
/// Less than this share of the best score is chance.
constexpr double enough_score = 0.3;

question make_question(const request& what, const finder_settings& settings) {
  question result;
  const auto words = words_of(what.subject, what.description, settings.words);
  auto& terms = result.query.terms;
  for (const auto& word : words) {
    result.things.push_back({std::uint64_t{1} << terms.size(), word.weight, word.proof});
    result.weight += word.weight;
    terms.push_back({word.text, word.weight});
  }
  const auto asked = [&](std::string_view text) {
    return std::ranges::any_of(words, [&](const query_word& word) { return word.text == text; });
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (const auto& other : also_called(words[i].stem)) {
      if (terms.size() == most_terms || asked(other))
        continue;
      result.things[i].names |= std::uint64_t{1} << terms.size();
      terms.push_back({other, words[i].weight * other_name_factor});
    }
  }
  result.query.field_weights = settings.field_weights;
  result.query.k1 = settings.k1;
  result.query.b = settings.b;
  return result;
}

const question& question_of(const request& what, const finder_settings& settings) {
  auto& [first, result] = *what.asked;
  std::call_once(first, [&] { result = std::make_shared<const question>(make_question(what, settings)); });
  return *result;
}

std::size_t limit_of(const request& what) {
  return std::clamp<std::size_t>(what.limit, 1, most_results);
}

storage::text_query query_of(const request& what, const question& asked) {
  auto result = asked.query;
  result.limit = limit_of(what);
  return result;
}

/// How surely a hit is about the same.
enum class likeness : unsigned char { none, some, sure };

/// @param terms which of the query's terms the hit has; 0 = its index doesn't say
likeness likeness_of(std::uint64_t terms, const question& asked) {
  if (terms == 0)
    return likeness::sure;
  int telling = 0;
  double weight = 0;
  for (const auto& thing : asked.things) {
    if ((terms & thing.names) == 0)
      continue;
    if (thing.proof == proof::alone)
      return likeness::sure;
    telling += thing.proof == proof::shared ? 1 : 0;
    weight += thing.weight;
  }
  if (telling == 0)
    return likeness::none;
  return telling >= enough_telling || weight >= enough_share * asked.weight ? likeness::sure : likeness::some;
}

/// Where one hit is surely about the same, others that come close to the best may be, too; where none is, the words in
/// common are chance.
template <class Hit>
source_status keep_alike(std::vector<Hit>& hits, const question& asked) {
  bool sure = false;
  const auto least = hits.empty() ? 0 : hits.front().score * enough_score;
  std::erase_if(hits, [&](const Hit& hit) {
    const auto how = likeness_of(hit.terms, asked);
    sure = sure || how == likeness::sure;
    return how == likeness::none || (how == likeness::some && hit.score < least);
  });
  if (!sure)
    hits.clear();
  return hits.empty() ? source_status::empty : source_status::ok;
}

} // namespace

tickets_found finder::find_tickets(storage::reader& from, const request& what) const {
  tickets_found result;
  const auto& asked = question_of(what, settings_);
  if (asked.things.empty())
    return result;
  result.hits = from.search_tickets(what.tenant, query_of(what, asked));
  result.status = keep_alike(result.hits, asked);
  return result;
}

articles_found finder::find_articles(storage::reader& from, const request& what) const {
  articles_found result;
  const auto& asked = question_of(what, settings_);
  if (asked.things.empty())
    return result;
  result.hits = from.search_articles(what.tenant, query_of(what, asked));
  result.status = keep_alike(result.hits, asked);
  return result;
}

assets_found finder::find_assets(storage::reader& from, const request& what) const {
  assets_found result;
  const auto addresses = net::find_addresses(what.subject + '\n' + what.description, most_addresses);
  if (addresses.empty())
    return result;
  const auto assets = from.find_assets(what.tenant, addresses);
  for (const auto& address : addresses) {
    const auto owner = std::ranges::find_if(assets, [&](const storage::asset& asset) {
      return std::ranges::find(asset.addresses, address) != asset.addresses.end();
    });
    if (owner == assets.end())
      result.unknown.push_back(address);
    else if (result.hits.size() < limit_of(what))
      result.hits.push_back({address, *owner});
  }
  result.status = result.hits.empty() ? source_status::empty : source_status::ok;
  return result;
}

} // namespace troupe::actors::search
