#include "actors/search/feedback.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "actors/search/words.hpp"

namespace troupe::actors::search {

namespace {

using storage::text::token;
using storage::text::token_kind;

struct candidate {
  std::string text;     ///< a form of the word as it stands in a hit
  double value = 0;     ///< over all hits
  double in_this = 0;   ///< in the hit at hand
  std::size_t hits = 0; ///< that have it
};

constexpr double most_in_one = 2; ///< occurrences in one hit count up to here
constexpr double subject_share = 1.5;

class lenders {
public:
  explicit lenders(const std::vector<query_word>& query) {
    for (const auto& word : query)
      asked_.insert(word.stem);
  }

  void add(const storage::ticket_hit& hit, double share) {
    share_ = share;
    read(hit.ticket.subject, subject_share);
    read(hit.ticket.description, 1);
    read(hit.ticket.resolution, 1);
    for (auto* word : touched_) {
      word->value += share_ * std::min(word->in_this, most_in_one);
      word->in_this = 0;
      ++word->hits;
    }
    touched_.clear();
  }

  std::vector<candidate> best(std::size_t most) {
    std::vector<candidate> result;
    for (auto& [stem, word] : words_) {
      if (word.hits > 1)
        result.push_back(std::move(word));
    }
    const auto better = [](const candidate& x, const candidate& y) {
      return x.value != y.value ? x.value > y.value : x.text < y.text;
    };
    const auto count = std::min(most, result.size());
    std::partial_sort(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(count), result.end(), better);
    result.resize(count);
    return result;
  }

private:
  void read(std::string_view text, double worth) {
    storage::text::tokenize(text, [&](const token& what) {
      if (what.kind == token_kind::number || what.text.size() < 3)
        return;
      if (what.kind == token_kind::word && class_of(what.text) != word_class::telling)
        return;
      key_.assign(what.text);
      if (asked_.contains(key_))
        return;
      auto& word = words_[key_];
      if (word.text.empty())
        word.text = what.source;
      if (word.in_this == 0)
        touched_.push_back(&word);
      word.in_this += worth;
    });
  }

  std::unordered_set<std::string> asked_;
  std::unordered_map<std::string, candidate> words_;
  std::vector<candidate*> touched_;
  std::string key_;
  double share_ = 1;
};

} // namespace

std::vector<storage::text_query::term> lent_words(const std::vector<storage::ticket_hit>& hits, std::size_t documents,
                                                  const std::vector<query_word>& query, std::size_t most,
                                                  double weight) {
  documents = std::min(documents, hits.size());
  if (documents < 2)
    return {};
  lenders from{query};
  double shares = 0;
  for (std::size_t i = 0; i < documents; ++i) {
    const auto share = hits[i].score / hits[0].score;
    from.add(hits[i], share);
    shares += share;
  }
  std::vector<storage::text_query::term> result;
  for (auto& word : from.best(most))
    result.push_back({std::move(word.text), weight * word.value / (shares * most_in_one)});
  return result;
}

} // namespace troupe::actors::search
