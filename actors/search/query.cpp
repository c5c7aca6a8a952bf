#include "actors/search/query.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "actors/search/words.hpp"

namespace troupe::actors::search {

namespace {

using storage::text::token;
using storage::text::token_kind;

constexpr double subject_factor = 1.5;
constexpr double weak_factor = 0.35;
constexpr double code_factor = 1.6;
constexpr double announced_factor = 1.5;
constexpr double number_factor = 0.6;
constexpr double part_factor = 0.5;   ///< of a word that is part of a unit
constexpr double prefix_factor = 0.3; ///< of `10.2.1` where the text has `10.2.1.114`
constexpr double repeat_bonus = 0.2;  ///< for each further occurrence
constexpr double repeat_limit = 0.6;
constexpr double plain_length = 8;   ///< words of a description that tells only what is wrong
constexpr double length_power = 0.8; ///< how fast the words of a longer one count less

/// Text this long after `Kind regards` can't be a name and a telephone number.
constexpr std::size_t closing_limit = 160;

/// Gathers the words of one text after the other.
class collector {
public:
  explicit collector(std::size_t limit) : limit_{limit} {}

  void add(std::string_view text, double factor) {
    factor_ = factor;
    text_ = text;
    closed_ = false;
    announced_ = false;
    storage::text::tokenize(text, [this](const token& what) { take(what); });
  }

  /// Words gathered so far.
  std::size_t size() const {
    return words_.size();
  }

  /// Weighs all words from the given one on.
  void weigh(std::size_t from, double factor) {
    for (auto i = from; i < words_.size(); ++i)
      words_[i].weight *= factor;
  }

  std::vector<query_word> finish() {
    std::erase_if(words_, [](const query_word& word) { return word.weight <= 0; });
    return std::move(words_);
  }

private:
  void take(const token& what) {
    if (closed_)
      return;
    if (what.kind == token_kind::unit)
      return take_unit(what);
    const bool announced = announced_;
    announced_ = announces_code(what.text);
    if (begins_closing(what.text) && words_.size() >= 3 && rest_after(what) <= closing_limit) {
      closed_ = true;
      return;
    }
    const auto weight = weight_of(what, announced);
    if (weight > 0)
      put(what, weight);
  }

  void take_unit(const token& what) {
    // What the unit consists of stands in the words added last.
    for (std::size_t i = words_.size(); i-- > 0 && words_.size() - i <= 8;) {
      auto& word = words_[i];
      if (places_[i] < what.source.data() || places_[i] >= what.source.data() + what.source.size())
        break;
      word.weight *= word.kind == token_kind::unit ? prefix_factor : part_factor;
    }
    announced_ = false;
    put(what, code_factor);
  }

  static double weight_of(const token& what, bool announced) {
    switch (what.kind) {
    case token_kind::number:
      if (what.text.size() < 3)
        return 0;
      return announced ? announced_factor : number_factor;
    case token_kind::code:
      return what.text.size() < 3 ? 0.5 : code_factor;
    default:
      break;
    }
    switch (class_of(what.text)) {
    case word_class::empty:
      return 0;
    case word_class::weak:
      return weak_factor;
    case word_class::telling:
      break;
    }
    return what.text.size() < 2 ? 0 : 1;
  }

  void put(const token& what, double weight) {
    const auto [known, added] = index_.try_emplace(std::string{what.text}, words_.size());
    if (!added) {
      auto& repeats = repeats_[known->second];
      if (repeats < repeat_limit) {
        repeats += repeat_bonus;
        words_[known->second].weight += weight * repeat_bonus;
      }
      return;
    }
    if (words_.size() == limit_) {
      index_.erase(known);
      return;
    }
    words_.push_back({std::string{what.source}, std::string{what.text}, what.kind, weight * factor_});
    places_.push_back(what.source.data());
    repeats_.push_back(0);
  }

  std::size_t rest_after(const token& what) const {
    return static_cast<std::size_t>(text_.data() + text_.size() - (what.source.data() + what.source.size()));
  }

  std::size_t limit_;
  std::vector<query_word> words_;
  std::vector<const char*> places_; ///< where each word was seen first
  std::vector<double> repeats_;
  std::unordered_map<std::string, std::size_t> index_;
  std::string_view text_;
  double factor_ = 1;
  bool announced_ = false;
  bool closed_ = false;
};

} // namespace

std::vector<query_word> words_of(std::string_view subject, std::string_view description, std::size_t limit) {
  collector words{limit};
  words.add(subject, subject_factor);
  const auto subjects = words.size();
  words.add(description, 1);
  // The longer the description, the more of it is about other things; the subject isn't.
  const auto rest = static_cast<double>(words.size() - subjects);
  if (rest > plain_length)
    words.weigh(subjects, std::pow(plain_length / rest, length_power));
  return words.finish();
}

} // namespace troupe::actors::search
