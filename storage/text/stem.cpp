#include "storage/text/stem.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace troupe::storage::text {

namespace {

struct rule {
  std::string_view ending;
  std::string_view replacement;
};

/// The algorithm's view of a word: its letters, and the length of what stands before the ending in question.
class word_view {
public:
  explicit word_view(std::string& word) : word_{word} {}

  bool consonant(std::size_t i) const {
    switch (word_[i]) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
      return false;
    case 'y':
      return i == 0 || !consonant(i - 1);
    default:
      return true;
    }
  }

  /// How many times a vowel is followed by a consonant in the first `length` letters: m in [C](VC)^m[V].
  int measure(std::size_t length) const {
    int m = 0;
    bool vowel = false;
    for (std::size_t i = 0; i < length; ++i) {
      const bool is_vowel = !consonant(i);
      m += vowel && !is_vowel ? 1 : 0;
      vowel = is_vowel;
    }
    return m;
  }

  bool has_vowel(std::size_t length) const {
    for (std::size_t i = 0; i < length; ++i) {
      if (!consonant(i))
        return true;
    }
    return false;
  }

  bool ends_double(std::size_t length) const {
    return length >= 2 && word_[length - 1] == word_[length - 2] && consonant(length - 1);
  }

  /// Consonant, vowel, consonant that isn't w, x or y: `hop`, not `snow`.
  bool ends_short(std::size_t length) const {
    if (length < 3 || !consonant(length - 1) || consonant(length - 2) || !consonant(length - 3))
      return false;
    const char last = word_[length - 1];
    return last != 'w' && last != 'x' && last != 'y';
  }

  bool ends(std::string_view ending) const {
    // Most endings differ in their last letter: no call is needed to see that.
    return word_.size() >= ending.size() && word_.back() == ending.back() && std::string_view{word_}.ends_with(ending);
  }

  std::size_t before(std::string_view ending) const {
    return word_.size() - ending.size();
  }

  void replace(std::string_view ending, std::string_view by) {
    word_.resize(before(ending));
    word_.append(by);
  }

  /// The first rule whose ending fits decides; it is applied when what stands before measures more than `m`.
  template <std::size_t N>
  void apply(const std::array<rule, N>& rules, int m) {
    const auto last = word_.back();
    for (const auto& [ending, by] : rules) {
      if (ending.back() != last || !ends(ending))
        continue;
      if (measure(before(ending)) > m)
        replace(ending, by);
      return;
    }
  }

  std::string& word_;
};

void plurals(word_view& w) {
  if (w.ends("sses"))
    w.replace("sses", "ss");
  else if (w.ends("ies"))
    w.replace("ies", "i");
  else if (w.ends("s") && !w.ends("ss"))
    w.replace("s", "");
}

void past_and_progressive(word_view& w) {
  if (w.ends("eed")) {
    if (w.measure(w.before("eed")) > 0)
      w.replace("eed", "ee");
    return;
  }
  std::string_view ending;
  if (w.ends("ed") && w.has_vowel(w.before("ed")))
    ending = "ed";
  else if (w.ends("ing") && w.has_vowel(w.before("ing")))
    ending = "ing";
  else
    return;
  w.replace(ending, "");
  const auto length = w.word_.size();
  if (w.ends("at") || w.ends("bl") || w.ends("iz"))
    w.word_ += 'e';
  else if (w.ends_double(length) && !w.ends("l") && !w.ends("s") && !w.ends("z"))
    w.word_.pop_back();
  else if (w.measure(length) == 1 && w.ends_short(length))
    w.word_ += 'e';
}

constexpr std::array<rule, 20> second{{{"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"},   {"anci", "ance"},
                                       {"izer", "ize"},    {"abli", "able"},   {"alli", "al"},     {"entli", "ent"},
                                       {"eli", "e"},       {"ousli", "ous"},   {"ization", "ize"}, {"ation", "ate"},
                                       {"ator", "ate"},    {"alism", "al"},    {"iveness", "ive"}, {"fulness", "ful"},
                                       {"ousness", "ous"}, {"aliti", "al"},    {"iviti", "ive"},   {"biliti", "ble"}}};

constexpr std::array<rule, 7> third{
    {{"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""}, {"ness", ""}}};

constexpr std::array<std::string_view, 18> fourth{"al",   "ance", "ence", "er",  "ic",  "able", "ible", "ant", "ement",
                                                  "ment", "ent",  "ou",   "ism", "ate", "iti",  "ous",  "ive", "ize"};

void long_endings(word_view& w) {
  if (w.ends("ion")) {
    const auto length = w.before("ion");
    if (length > 0 && (w.word_[length - 1] == 's' || w.word_[length - 1] == 't') && w.measure(length) > 1)
      w.replace("ion", "");
    return;
  }
  const auto last = w.word_.back();
  for (const auto ending : fourth) {
    if (ending.back() != last || !w.ends(ending))
      continue;
    if (w.measure(w.before(ending)) > 1)
      w.replace(ending, "");
    return;
  }
}

void final_e(word_view& w) {
  if (w.ends("e")) {
    const auto length = w.before("e");
    const auto m = w.measure(length);
    if (m > 1 || (m == 1 && !w.ends_short(length)))
      w.word_.pop_back();
  }
  if (w.ends("ll") && w.measure(w.word_.size()) > 1)
    w.word_.pop_back();
}

} // namespace

void stem(std::string& word) {
  if (word.size() < 3 || !std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; }))
    return;
  word_view w{word};
  plurals(w);
  past_and_progressive(w);
  if (w.ends("y") && w.has_vowel(w.before("y")))
    word.back() = 'i';
  w.apply(second, 0);
  w.apply(third, 0);
  long_endings(w);
  final_e(w);
}

} // namespace troupe::storage::text
