#include "actors/ticket/verbs.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "actors/text/text.hpp"

namespace troupe::actors::ticket {

namespace {

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

constexpr std::size_t longest_verb = 16;

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

/// The same verbs as they are said to the next one, sorted.
constexpr auto bases = [] {
  std::array<std::string_view, verbs.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = verbs[i].second;
  std::sort(out.begin(), out.end());
  return out;
}();

bool is_base(std::string_view word) {
  return std::binary_search(bases.begin(), bases.end(), word);
}

std::string_view without_subject(std::string_view sentence) {
  for (const std::string_view who : {"I ", "We ", "we "})
    if (sentence.starts_with(who))
      return trim(sentence.substr(who.size()));
  return sentence;
}

} // namespace

bool names_action(std::string_view sentence) {
  const auto word = first_word(without_subject(sentence));
  if (word.empty() || word.size() > longest_verb)
    return false;
  const auto small = lower(word);
  return !base_of(small).empty() || is_base(small);
}

bool closes_ticket(std::string_view sentence) {
  return std::any_of(closings.begin(), closings.end(), [&](auto closing) { return starts_like(sentence, closing); });
}

std::string imperative(std::string_view sentence) {
  const auto text = without_subject(sentence);
  const auto verb = first_word(text);
  const auto base = base_of(lower(verb));
  if (base.empty())
    return std::string{sentence};
  std::string out;
  out.reserve(text.size());
  out += base;
  out.front() = static_cast<char>(out.front() - 'a' + 'A');
  auto rest = text.substr(verb.size());
  while (!rest.empty()) {
    // Further verbs of the same subject follow a comma, an "and" or a "then".
    std::size_t joint = 0;
    if (rest.front() == ',' || rest.front() == ' ')
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

} // namespace troupe::actors::ticket
