#include "actors/ticket/terms.hpp"

#include <algorithm>
#include <string>

namespace troupe::actors::ticket {

namespace {

constexpr std::size_t longest_word = 32;

constexpr std::uint32_t hash(std::string_view word) {
  std::uint32_t h = 2166136261U;
  for (const char c : word)
    h = (h ^ static_cast<unsigned char>(c)) * 16777619U;
  return h | 1U; // never 0
}

/// English words without a subject, and those that every ticket has.
constexpr std::array stop_words{
    "the",       "and",      "for",    "with",   "that",    "this",     "from",   "are",     "was",   "were",
    "has",       "have",     "had",    "not",    "but",     "can",      "cannot", "could",   "would", "should",
    "will",      "you",      "your",   "our",    "they",    "their",    "them",   "his",     "her",   "she",
    "who",       "what",     "when",   "where",  "which",   "why",      "how",    "all",     "any",   "some",
    "one",       "two",      "been",   "being",  "does",    "did",      "done",   "doing",   "into",  "onto",
    "out",       "off",      "then",   "than",   "there",   "here",     "also",   "just",    "only",  "very",
    "more",      "most",     "much",   "many",   "other",   "after",    "before", "since",   "until", "while",
    "again",     "still",    "please", "thanks", "thank",   "hello",    "dear",   "regards", "kind",  "hi",
    "its",       "about",    "over",   "under",  "because", "get",      "gets",   "got",     "now",   "today",
    "yesterday", "morning",  "issue",  "issues", "problem", "problems", "ticket", "tickets", "user",  "users",
    "help",      "need",     "needs",  "works",  "working", "work",     "worked", "try",     "tried", "trying",
    "see",       "says",     "said",   "shows",  "every",   "each",     "same",   "like",    "etc",   "via",
    "per",       "may",      "might",  "must",   "yes",     "too",      "these",  "those",   "such",  "both",
    "between",   "him",      "days",   "day",    "time",    "times",    "week",   "several", "seems", "seem",
    "customer",  "reported", "reports"};

constexpr auto sorted_stop_words = [] {
  std::array<std::uint32_t, stop_words.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = hash(stop_words[i]);
  std::sort(out.begin(), out.end());
  return out;
}();

/// Most words are told from stop words by one look.
constexpr auto may_be_stop_word = [] {
  std::array<bool, 2048> out{};
  for (const auto h : sorted_stop_words)
    out[h % out.size()] = true;
  return out;
}();

bool is_stop_word(std::string_view word) {
  const auto h = hash(word);
  return may_be_stop_word[h % may_be_stop_word.size()]
         && std::binary_search(sorted_stop_words.begin(), sorted_stop_words.end(), h);
}

std::string_view without_ending(std::string_view word) {
  for (const std::string_view ending : {"ings", "ing", "ies", "es", "ed", "s", "e", "y"})
    if (word.size() >= ending.size() + 4 && word.ends_with(ending))
      return word.substr(0, word.size() - ending.size());
  return word;
}

} // namespace

std::uint32_t term_of(std::string_view word) {
  if (word.size() < 2 || word.size() > longest_word)
    return 0;
  std::array<char, longest_word> small; // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  bool digits = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    small[i] = lower(c);
    digits = digits || is_digit(c);
  }
  const std::string_view text{small.data(), word.size()};
  if (digits)
    return text.size() >= 3 ? hash(text) : 0;
  if (text.size() < 3)
    return 0;
  if (text.size() < 10 && is_stop_word(text))
    return 0;
  return hash(without_ending(text));
}

void term_set::add(std::string_view text) {
  each_term(text, [this](std::uint32_t term, std::string_view) { return insert(term) || size_ < limit; });
}

bool term_set::insert(std::uint32_t term) {
  auto at = (term >> 8) % slots;
  while (slots_[at] != 0) {
    if (slots_[at] == term)
      return false;
    at = (at + 1) % slots;
  }
  if (size_ == limit)
    return false;
  slots_[at] = term;
  ++size_;
  return true;
}

bool term_set::contains(std::uint32_t term) const {
  for (auto at = (term >> 8) % slots; slots_[at] != 0; at = (at + 1) % slots)
    if (slots_[at] == term)
      return true;
  return false;
}

std::vector<std::uint32_t> terms_in(std::string_view text) {
  std::vector<std::uint32_t> out;
  out.reserve(16);
  each_term(text, [&](std::uint32_t term, std::string_view) {
    out.push_back(term);
    return true;
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::size_t count_known(const term_set& known, const std::vector<std::uint32_t>& terms) {
  return static_cast<std::size_t>(
      std::count_if(terms.begin(), terms.end(), [&](std::uint32_t term) { return known.contains(term); }));
}

} // namespace troupe::actors::ticket
