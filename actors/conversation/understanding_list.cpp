#include "actors/conversation/understanding_list.hpp"

#include "actors/conversation/understanding_choice.hpp"
#include "actors/conversation/understanding_date.hpp"
#include "actors/conversation/understanding_polar.hpp"
#include "actors/conversation/understanding_text.hpp"
#include "net/json/writer.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors::conversation {

namespace {

/// Which of a field's values are meant, in the field's order.
class selection {
public:
  explicit selection(const config::agent_field& field) : field_{field}, meant_(field.choices.size()) {}

  void set(std::size_t choice, bool meant) {
    meant_[choice] = meant;
  }
  template <class Predicate>
  void set_days(Predicate is_meant) {
    for (std::size_t i = 0; i < meant_.size(); ++i)
      if (const auto day = weekday_of(field_.choices[i].value); day && is_meant(*day))
        meant_[i] = true;
  }
  void set_all() {
    for (std::size_t i = 0; i < meant_.size(); ++i)
      meant_[i] = field_.choices[i].value != "none";
  }
  void set_none() {
    for (std::size_t i = 0; i < meant_.size(); ++i)
      meant_[i] = field_.choices[i].value == "none";
  }
  /// "None" beside others means nothing.
  std::vector<std::string> take() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < meant_.size(); ++i)
      if (meant_[i])
        out.push_back(field_.choices[i].value);
    if (out.size() > 1)
      std::erase(out, "none");
    return out;
  }

private:
  const config::agent_field& field_;
  std::vector<bool> meant_;
};

/// Days that a group stands for.
struct day_group {
  phrase text;
  bool week = false;
  bool weekend = false;
};

const std::vector<day_group>& day_groups() {
  static const std::vector<day_group> all{
      {phrase_of("weekdays"), true, false},        {phrase_of("weekday"), true, false},
      {phrase_of("working days"), true, false},    {phrase_of("workdays"), true, false},
      {phrase_of("during the week"), true, false}, {phrase_of("weekend"), false, true},
      {phrase_of("weekends"), false, true},        {phrase_of("every day"), true, true},
      {phrase_of("everyday"), true, true},         {phrase_of("daily"), true, true},
      {phrase_of("all week"), true, true},         {phrase_of("any day"), true, true},
      {phrase_of("all days"), true, true},         {phrase_of("each day"), true, true},
  };
  return all;
}

void grow(run& whole, run part) {
  whole = whole.last == 0 ? part : run{std::min(whole.first, part.first), std::max(whole.last, part.last)};
}

bool add_groups(const words& in, selection& out, run& where) {
  bool found = false;
  for (std::size_t at = 0; at < in.size(); ++at)
    for (const auto& group : day_groups())
      if (std::size_t end = 0; match(in, at, group.text, end) == likeness::exact && !is_negated(in, {at, end})) {
        out.set_days([&](unsigned day) { return day == 0 || day == 6 ? group.weekend : group.week; });
        grow(where, {at, end});
        found = true;
      }
  return found;
}

/// "Monday to Friday", "mon-fri".
void add_ranges(const words& in, const std::vector<found_choice>& found, const config::agent_field& field,
                selection& out) {
  for (std::size_t i = 1; i < found.size(); ++i) {
    const auto& from = found[i - 1];
    const auto& to = found[i];
    const auto between = from.where.last;
    if (to.where.first != between + 1 || from.negated || to.negated)
      continue;
    if (!in[between].is("-") && !in[between].is("to") && !in[between].is("through") && !in[between].is("till")
        && !in[between].is("until"))
      continue;
    const auto first = weekday_of(field.choices[from.choice].value).value_or(0);
    const auto last = weekday_of(field.choices[to.choice].value).value_or(0);
    out.set_days([&](unsigned day) { return (day + 7 - first) % 7 <= (last + 7 - first) % 7; });
  }
}

bool says_all(const words& in) {
  static const auto all =
      phrases_of_texts("all|all of them|all of it|all of those|everything|anything|any|any of them|whatever|"
                       "every one of them|both");
  for (std::size_t at = 0; at < in.size(); ++at)
    if (match_any(in, at, all) > 0 && !is_negated(in, {at, at + 1}))
      return true;
  return false;
}

/// What people put around an element.
constexpr std::array<std::string_view, 44> wrappers{
    "i",    "ive",   "im",     "have", "had",   "got",      "a",      "an",        "the", "my",   "some",
    "also", "yes",   "yeah",   "yep",  "sure",  "well",     "just",   "only",      "and", "plus", "or",
    "with", "take",  "taking", "use",  "am",    "allergic", "to",     "a",         "bit", "of",   "suffer",
    "from", "there", "is",     "are",  "maybe", "mostly",   "mainly", "currently", "um",  "uh",   "so"};

bool is_wrapper(const word& w) {
  return w.kind == word_kind::mark || std::find(wrappers.begin(), wrappers.end(), w.text) != wrappers.end();
}

bool parts(const word& w) {
  return w.is(",") || w.is(";") || w.is("and") || w.is("plus") || w.is("&") || w.is("+") || w.is("/") || w.is(".")
         || w.is("!") || w.is("but") || w.is("also");
}

} // namespace

std::optional<found_list> find_list(const words& in, const config::agent_field& field, bool asked) {
  selection meant{field};
  run where;
  const bool week = is_week(field);
  bool any = week && add_groups(in, meant, where);
  const auto found = find_choices(in, field);
  if (asked && !any && says_all(in)) {
    meant.set_all();
    any = true;
  }
  if (week)
    add_ranges(in, found, field, meant);
  double confidence = 0.95;
  for (const auto& f : found) {
    meant.set(f.choice, !f.negated);
    confidence = std::min(confidence, f.confidence);
    any = any || !f.negated;
    grow(where, f.where);
  }
  if (!any && asked && says_none(in)) {
    meant.set_none();
    any = true;
  }
  if (!any)
    return std::nullopt;
  if (where.last == 0)
    where = {0, in.size()};
  auto elements = meant.take();
  return found_list{std::move(elements), confidence, where};
}

std::optional<found_list> split_list(std::string_view message, const words& in, std::size_t longest) {
  if (says_none(in))
    return found_list{{}, 0.95, {0, in.size()}};
  found_list out{{}, 0.85, {0, in.size()}};
  // "No, but my knee hurts", "not really, just a stiff neck": what follows counts.
  static const auto denials = phrases_of_texts("no|nope|nah|none|not really|nothing|nothing serious|nothing major|"
                                               "nothing much|not much|nothing really");
  auto at = match_any(in, 0, denials);
  const bool denied = at > 0;
  while (at < in.size()) {
    auto first = at;
    if (in[first].is("but") && !out.elements.empty() && !(first + 1 < in.size() && in[first + 1].is("also")))
      break; // "asthma, but it's mild"
    while (at < in.size() && (!parts(in[at]) || at == first))
      ++at;
    auto last = at;
    while (first < last && (is_wrapper(in[first]) || parts(in[first])))
      ++first;
    while (last > first && in[last - 1].kind == word_kind::mark)
      --last;
    if (first == last || in[first].is("dont") || in[first].is("not"))
      continue;
    auto element = tidy_text(message.substr(in[first].begin, in[last - 1].end - in[first].begin), longest);
    if (!element.empty() && std::find(out.elements.begin(), out.elements.end(), element) == out.elements.end())
      out.elements.push_back(std::move(element));
  }
  if (out.elements.empty() && !denied)
    return std::nullopt;
  return out;
}

std::string list_json(const std::vector<std::string>& elements) {
  std::string out = "[";
  for (const auto& e : elements) {
    if (out.size() > 1)
      out += ',';
    net::json::append_string(out, e);
  }
  return out + ']';
}

} // namespace troupe::actors::conversation
