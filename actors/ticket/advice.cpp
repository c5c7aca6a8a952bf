#include "actors/ticket/advice.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace troupe::actors::ticket {

namespace {

constexpr std::size_t longest_step = 45; // words
constexpr std::size_t steps_per_ticket = 3;

/// What technicians did, and how to say it to the next one. Sorted.
constexpr std::array<std::pair<std::string_view, std::string_view>, 78> verbs{{
    {"activated", "activate"},
    {"added", "add"},
    {"adjusted", "adjust"},
    {"allowed", "allow"},
    {"applied", "apply"},
    {"asked", "ask"},
    {"assigned", "assign"},
    {"changed", "change"},
    {"checked", "check"},
    {"cleaned", "clean"},
    {"cleared", "clear"},
    {"closed", "close"},
    {"configured", "configure"},
    {"connected", "connect"},
    {"copied", "copy"},
    {"corrected", "correct"},
    {"created", "create"},
    {"deactivated", "deactivate"},
    {"deleted", "delete"},
    {"deployed", "deploy"},
    {"disabled", "disable"},
    {"disconnected", "disconnect"},
    {"downgraded", "downgrade"},
    {"edited", "edit"},
    {"enabled", "enable"},
    {"ended", "end"},
    {"exchanged", "exchange"},
    {"expanded", "expand"},
    {"extended", "extend"},
    {"fixed", "fix"},
    {"flushed", "flush"},
    {"forced", "force"},
    {"freed", "free"},
    {"granted", "grant"},
    {"imported", "import"},
    {"increased", "increase"},
    {"installed", "install"},
    {"joined", "join"},
    {"killed", "kill"},
    {"lowered", "lower"},
    {"mapped", "map"},
    {"moved", "move"},
    {"opened", "open"},
    {"ordered", "order"},
    {"patched", "patch"},
    {"raised", "raise"},
    {"ran", "run"},
    {"re-enabled", "re-enable"},
    {"rebooted", "reboot"},
    {"rebuilt", "rebuild"},
    {"reconfigured", "reconfigure"},
    {"reconnected", "reconnect"},
    {"recreated", "recreate"},
    {"reduced", "reduce"},
    {"reinstalled", "reinstall"},
    {"released", "release"},
    {"removed", "remove"},
    {"renamed", "rename"},
    {"renewed", "renew"},
    {"repaired", "repair"},
    {"replaced", "replace"},
    {"reseated", "reseat"},
    {"restarted", "restart"},
    {"restored", "restore"},
    {"rolled", "roll"},
    {"set", "set"},
    {"started", "start"},
    {"stopped", "stop"},
    {"swapped", "swap"},
    {"switched", "switch"},
    {"synced", "sync"},
    {"tested", "test"},
    {"turned", "turn"},
    {"uninstalled", "uninstall"},
    {"unlocked", "unlock"},
    {"updated", "update"},
    {"upgraded", "upgrade"},
    {"verified", "verify"},
}};
static_assert(std::is_sorted(verbs.begin(), verbs.end()));

/// Sentences that close a ticket rather than solve it.
constexpr std::array<std::string_view, 16> closings{
    "closed", "closing", "confirmed",  "done",      "issue resolved", "no further", "problem solved", "resolved",
    "thank",  "ticket",  "user confi", "user repo", "user veri",      "users conf", "verified with",  "working"};

std::string_view first_word(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (is_letter(text[end]) || text[end] == '-'))
    ++end;
  return text.substr(0, end);
}

/// What to say for the past tense of a verb; empty if it isn't one of ours.
std::string_view base_of(std::string_view past) {
  const auto found = std::lower_bound(verbs.begin(), verbs.end(), past,
                                      [](const auto& verb, std::string_view word) { return verb.first < word; });
  return found != verbs.end() && found->first == past ? found->second : std::string_view{};
}

bool is_base(std::string_view word) {
  return std::any_of(verbs.begin(), verbs.end(), [&](const auto& verb) { return verb.second == word; });
}

std::string_view without_subject(std::string_view sentence) {
  for (const std::string_view who : {"I ", "We ", "we "})
    if (sentence.starts_with(who))
      return trim(sentence.substr(who.size()));
  return sentence;
}

bool is_action(std::string_view sentence) {
  const auto word = lower(first_word(without_subject(sentence)));
  return !base_of(word).empty() || is_base(word);
}

bool is_closing(std::string_view sentence) {
  const auto start = lower(sentence.substr(0, 16));
  return std::any_of(closings.begin(), closings.end(), [&](auto closing) { return start.starts_with(closing); });
}

void append_word(std::string& out, std::string_view word, bool capital) {
  out += word;
  auto& first = out[out.size() - word.size()];
  if (capital && first >= 'a' && first <= 'z')
    first = static_cast<char>(first - 'a' + 'A');
}

/// "Restarted the spooler and cleared the queue" -> "Restart the spooler and clear the queue".
std::string imperative(std::string_view sentence) {
  const auto text = without_subject(sentence);
  const auto verb = first_word(text);
  const auto base = base_of(lower(verb));
  if (base.empty())
    return std::string{sentence};
  std::string out;
  out.reserve(text.size());
  append_word(out, base, true);
  auto rest = text.substr(verb.size());
  while (!rest.empty()) {
    // Further verbs of the same subject follow a comma, an "and" or a "then".
    std::size_t joint = 0;
    for (const std::string_view link : {", then ", ", and ", " and then ", " and ", " then ", ", "})
      if (rest.starts_with(link)) {
        joint = link.size();
        break;
      }
    if (joint == 0) {
      out += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    out += rest.substr(0, joint);
    rest.remove_prefix(joint);
    const auto next = first_word(rest);
    if (const auto next_base = base_of(next); !next_base.empty()) {
      out += next_base;
      rest.remove_prefix(next.size());
    }
  }
  return out;
}

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

double worth(const term_set& subject, std::string_view sentence) {
  const auto length = static_cast<double>(std::max<std::size_t>(4, sentence.size() / 6));
  return (is_action(sentence) ? 2.0 : 0.0)
         + 4.0 * static_cast<double>(shared_terms(subject, sentence)) / std::sqrt(length)
         - (is_closing(sentence) ? 4.0 : 0.0);
}

struct candidate {
  std::string_view sentence;
  std::size_t source;
  std::size_t order;
  double value;
};

/// How much of the smaller text's terms the other one has, too.
bool says_the_same(std::string_view a, std::string_view b) {
  term_set first;
  first.add(a);
  term_set second;
  second.add(b);
  const auto least = std::min(first.size(), second.size());
  return least == 0 || 10 * shared_terms(first, b) >= 7 * least;
}

std::vector<candidate> candidates_of(const term_set& subject, const std::vector<const storage::past_ticket*>& tickets) {
  std::vector<candidate> out;
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    if (!tickets[i])
      continue;
    for (const auto sentence : sentences(tickets[i]->resolution)) {
      if (is_closing(sentence))
        continue;
      const auto value = worth(subject, sentence) + 3.0 / static_cast<double>(i + 1);
      out.push_back({sentence, i, out.size(), value});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.value > b.value; });
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
  term_set seen;
  std::size_t shared = 0;
  for (const auto* text : {&past.subject, &past.description, &past.resolution}) {
    each_term(*text, [&](std::uint32_t term, std::string_view word) {
      if (!subject.contains(term) || !seen.insert(term))
        return;
      // An error code or a model's name says more than a word.
      shared += std::any_of(word.begin(), word.end(), is_digit) ? 2 : 1;
    });
    if (shared >= needed)
      return true;
  }
  return false;
}

std::string key_sentences(const term_set& subject, std::string_view resolution, std::size_t words) {
  const auto text = clean(resolution);
  const auto all = sentences(text);
  if (all.empty())
    return {};
  if (count_words(text) <= words)
    return clean_line(text);
  std::vector<candidate> ranked;
  for (const auto sentence : all)
    ranked.push_back({sentence, 0, ranked.size(), worth(subject, sentence)});
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.value > b.value; });
  std::vector<candidate> kept;
  for (const auto& next : ranked) {
    const auto length = count_words(next.sentence);
    if (length <= words) {
      kept.push_back(next);
      words -= length;
    }
  }
  if (kept.empty())
    return limit_words(ranked.front().sentence, words);
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
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
  for (const auto& next : candidates_of(subject, tickets)) {
    if (kept.size() == most)
      break;
    const auto repeats = [&](const candidate& other) { return says_the_same(other.sentence, next.sentence); };
    if (taken[next.source] == steps_per_ticket || std::any_of(kept.begin(), kept.end(), repeats))
      continue;
    ++taken[next.source];
    kept.push_back(next);
  }
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
  std::vector<step> out;
  out.reserve(kept.size());
  for (const auto& part : kept)
    out.push_back({without_stop(limit_words(imperative(clean_line(part.sentence)), longest_step)), part.source,
                   is_action(part.sentence)});
  return out;
}

} // namespace troupe::actors::ticket
