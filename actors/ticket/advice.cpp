#include "actors/ticket/advice.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "actors/ticket/verbs.hpp"

namespace troupe::actors::ticket {

namespace {

constexpr std::size_t longest_step = 45; // words
constexpr std::size_t steps_per_ticket = 3;

std::string without_stop(std::string text) {
  while (!text.empty() && (text.back() == '.' || text.back() == '!' || text.back() == ';' || text.back() == ','))
    text.pop_back();
  return text;
}

std::string limit_words(std::string_view text, std::size_t words) {
  const auto kept = first_words(text, words);
  std::string out{kept};
  if (kept.size() < text.size())
    out += "\xE2\x80\xA6";
  return out;
}

struct candidate {
  std::string_view sentence;
  std::vector<std::uint32_t> terms;
  std::size_t source = 0;
  std::size_t order = 0;
  double value = 0;
};

/// What a sentence is worth for the new ticket: an action counts, and what it shares with the ticket for its length.
candidate judge(const term_set& subject, std::string_view sentence) {
  candidate out{sentence, terms_in(sentence)};
  const auto length = static_cast<double>(std::max<std::size_t>(4, sentence.size() / 6));
  out.value = 4.0 * static_cast<double>(count_known(subject, out.terms)) / std::sqrt(length);
  if (names_action(sentence))
    out.value += 2;
  if (closes_ticket(sentence))
    out.value -= 4;
  return out;
}

/// Most of the shorter sentence's terms are in the other one, too.
bool say_the_same(const candidate& a, const candidate& b) {
  std::size_t shared = 0;
  for (auto i = a.terms.begin(), j = b.terms.begin(); i != a.terms.end() && j != b.terms.end();) {
    shared += *i == *j ? 1 : 0;
    const bool first = *i <= *j;
    const bool second = *j <= *i;
    i += first ? 1 : 0;
    j += second ? 1 : 0;
  }
  return 10 * shared >= 7 * std::min(a.terms.size(), b.terms.size());
}

void best_first(std::vector<candidate>& list) {
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.value > b.value; });
}

void in_order(std::vector<candidate>& list) {
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
}

std::vector<candidate> candidates_of(const term_set& subject, const std::vector<const storage::past_ticket*>& tickets) {
  std::vector<candidate> out;
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    if (!tickets[i])
      continue;
    for (const auto sentence : sentences(tickets[i]->resolution)) {
      if (closes_ticket(sentence))
        continue;
      out.push_back(judge(subject, sentence));
      out.back().source = i;
      out.back().order = out.size();
      out.back().value += 3.0 / static_cast<double>(i + 1);
    }
  }
  best_first(out);
  return out;
}

} // namespace

term_set subject_of(const accepted& ticket) {
  term_set out;
  out.add(ticket.subject);
  out.add(cut_bytes(ticket.description, 4'000));
  return out;
}

bool resembles(const term_set& subject, const storage::past_ticket& past) {
  const std::size_t needed = subject.size() <= 3 ? 1 : subject.size() <= 20 ? 2 : 3;
  std::array<std::uint32_t, 4> seen{};
  std::size_t terms = 0;
  std::size_t shared = 0;
  for (const auto* text : {&past.subject, &past.description, &past.resolution}) {
    each_term(*text, [&](std::uint32_t term, std::string_view word) {
      const auto end = seen.begin() + static_cast<std::ptrdiff_t>(terms);
      if (!subject.contains(term) || std::find(seen.begin(), end, term) != end)
        return true;
      seen[terms++] = term;
      // An error code or a model's name says more than a word.
      shared += std::any_of(word.begin(), word.end(), is_digit) ? 2 : 1;
      return shared < needed;
    });
    if (shared >= needed)
      return true;
  }
  return false;
}

std::string key_sentences(const term_set& subject, std::string_view resolution, std::size_t words) {
  const auto text = clean(resolution);
  if (count_words(text) <= words)
    return clean_line(text);
  std::vector<candidate> ranked;
  for (const auto sentence : sentences(text)) {
    ranked.push_back(judge(subject, sentence));
    ranked.back().order = ranked.size();
  }
  best_first(ranked);
  std::vector<candidate> kept;
  for (auto& next : ranked) {
    const auto length = count_words(next.sentence);
    if (length > words)
      continue;
    words -= length;
    kept.push_back(std::move(next));
  }
  if (kept.empty())
    return limit_words(ranked.front().sentence, words);
  in_order(kept);
  std::string out;
  for (const auto& part : kept) {
    if (!out.empty())
      out += ' ';
    out += part.sentence;
  }
  return out;
}

std::vector<step> next_steps(const term_set& subject, const std::vector<const storage::past_ticket*>& tickets,
                             std::size_t most) {
  std::vector<candidate> kept;
  std::vector<std::size_t> taken(tickets.size(), 0);
  for (auto& next : candidates_of(subject, tickets)) {
    if (kept.size() == most)
      break;
    const auto repeats = [&](const candidate& other) { return say_the_same(other, next); };
    if (taken[next.source] == steps_per_ticket || std::any_of(kept.begin(), kept.end(), repeats))
      continue;
    ++taken[next.source];
    kept.push_back(std::move(next));
  }
  in_order(kept);
  std::vector<step> out;
  out.reserve(kept.size());
  for (const auto& part : kept)
    out.push_back({without_stop(limit_words(imperative(clean_line(part.sentence)), longest_step)), part.source,
                   names_action(part.sentence)});
  return out;
}

} // namespace troupe::actors::ticket
