#include "actors/search/query.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "actors/search/words.hpp"
#include "storage/text/tokens.hpp"

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

/// A line with `regards` this short has nothing else; text this short after it is a name and a telephone number.
constexpr std::size_t closing_line = 40;
constexpr std::size_t closing_rest = 160;
/// Thanks this early open a message.
constexpr std::size_t opening = 30;

bool line_begins(std::string_view text, std::size_t at) {
  const auto last = text.substr(0, at).find_last_not_of(" \t");
  return last == std::string_view::npos || text[last] == '\n' || text[last] == '\r';
}

/// The line that `at` is in.
std::string_view line_around(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, at).find_last_of("\r\n");
  const auto begin = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(begin, text.find_first_of("\r\n", at) - begin);
}

/// What stands before the line `--` that mail programs put before a signature.
std::string_view without_signature(std::string_view text) {
  for (const std::string_view mark : {"\n--\n", "\n-- \n", "\n--\r\n", "\n-- \r\n"})
    text = text.substr(0, text.find(mark));
  return text;
}

/// A token alone: numbers and versions are shared by unrelated tickets, an error's code isn't.
proof proof_of(const token& what, word_class kind, bool announced) {
  std::size_t digits = 0;
  for (const char c : what.text)
    digits += c >= '0' && c <= '9' ? 1 : 0;
  switch (what.kind) {
  case token_kind::number:
    return announced ? proof::alone : digits >= 4 ? proof::shared : proof::none;
  case token_kind::code:
    return digits >= 3 && what.text.size() >= 6 ? proof::alone : proof::shared;
  case token_kind::unit:
    return digits >= 2 && what.text.size() >= 7 ? proof::alone : proof::shared;
  case token_kind::word:
    break;
  }
  return kind == word_class::telling ? proof::shared : proof::none;
}

/// Gathers the words of one text after the other.
class collector {
public:
  explicit collector(std::size_t limit) : limit_{limit} {}

  void add(std::string_view text, double factor) {
    factor_ = factor;
    text_ = without_signature(text);
    closed_ = false;
    announced_ = false;
    storage::text::tokenize(text_, [this](const token& what) { take(what); });
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
    const auto traits = traits_of(what.text);
    const bool announced = std::exchange(announced_, traits.announces_code);
    closed_ = closes(what, traits.begins_closing);
    if (closed_)
      return;
    const auto weight = weight_of(what, traits.what, announced);
    if (weight > 0)
      put(what, weight, proof_of(what, traits.what, announced));
  }

  /// Whether the message's closing lines begin here. What is at the beginning is no closing.
  bool closes(const token& what, bool closing_word) const {
    const auto at = static_cast<std::size_t>(what.source.data() - text_.data());
    if (what.text == "sent")
      return line_begins(text_, at) && text_.substr(at + what.source.size()).starts_with(" from ");
    if (at < opening || !closing_word)
      return false;
    const bool alone = line_around(text_, at).size() <= closing_line && text_.find('\n', at) != std::string_view::npos;
    return alone || text_.size() - at <= closing_rest;
  }

  void take_unit(const token& what) {
    // What the unit consists of stands in the words added last.
    for (std::size_t i = words_.size(); i-- > 0 && words_.size() - i <= 8;) {
      auto& word = words_[i];
      if (places_[i] < what.source.data() || places_[i] >= what.source.data() + what.source.size())
        break;
      word.weight *= word.text.find('.') != std::string::npos ? prefix_factor : part_factor;
      word.proof = proof::none;
    }
    announced_ = false;
    put(what, code_factor, proof_of(what, word_class::telling, false));
  }

  static double weight_of(const token& what, word_class kind, bool announced) {
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
    switch (kind) {
    case word_class::empty:
      return 0;
    case word_class::weak:
      return weak_factor;
    case word_class::telling:
      break;
    }
    return what.text.size() < 2 ? 0 : 1;
  }

  void put(const token& what, double weight, proof strength) {
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
    words_.push_back({std::string{what.source}, std::string{what.text}, weight * factor_, strength});
    places_.push_back(what.source.data());
    repeats_.push_back(0);
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
