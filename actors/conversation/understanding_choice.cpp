#include "actors/conversation/understanding_choice.hpp"

#include "actors/conversation/understanding_date.hpp"
#include "actors/conversation/understanding_fit.hpp"
#include "actors/conversation/understanding_number.hpp"

#include <algorithm>
#include <set>

namespace troupe::actors::conversation {

namespace {

std::vector<phrase> phrases_of_choice(const config::field_choice& choice) {
  std::vector<phrase> out{phrase_of(choice.value)};
  for (const auto& synonym : choice.synonyms)
    out.push_back(phrase_of(synonym));
  return out;
}

struct best_match {
  std::size_t choice = 0;
  std::size_t end = 0;
  likeness how = likeness::none;
  bool contested = false; ///< another value fits as well
};

best_match best_at(const words& in, std::size_t at, const std::vector<std::vector<phrase>>& all) {
  best_match best;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const auto& p : all[i]) {
      std::size_t end = 0;
      const auto how = match(in, at, p, end);
      if (how == likeness::none)
        continue;
      if (best.how == likeness::none || std::pair{how, end} > std::pair{best.how, best.end})
        best = {i, end, how, false};
      else if (how == best.how && end == best.end && i != best.choice)
        best.contested = true;
    }
  return best;
}

/// The choice that is the weekday at `at`.
best_match day_at(const words& in, std::size_t at, const config::agent_field& field) {
  best_match out;
  const auto day = in[at].kind == word_kind::word ? weekday_of(in[at].text) : std::nullopt;
  for (std::size_t i = 0; day && i < field.choices.size(); ++i)
    if (weekday_of(field.choices[i].value) == day)
      out = {i, at + 1, likeness::exact, false};
  return out;
}

} // namespace

bool is_week(const config::agent_field& field) {
  return !field.choices.empty() && std::all_of(field.choices.begin(), field.choices.end(), [](const auto& c) {
    return c.value.size() > 5 && weekday_of(c.value);
  });
}

std::vector<found_choice> find_choices(const words& in, const config::agent_field& field) {
  std::vector<std::vector<phrase>> all;
  for (const auto& choice : field.choices)
    all.push_back(phrases_of_choice(choice));
  const bool week = is_week(field);
  std::vector<found_choice> out;
  for (std::size_t at = 0; at < in.size();) {
    auto best = best_at(in, at, all);
    if (best.how != likeness::exact && week)
      if (const auto day = day_at(in, at, field); day.how != likeness::none)
        best = day;
    if (best.how == likeness::none) {
      ++at;
      continue;
    }
    const run where{at, best.end};
    if (!best.contested)
      out.push_back({best.choice, where, best.how == likeness::exact ? 0.95 : 0.8, is_negated(in, where)});
    at = best.end;
  }
  return out;
}

std::optional<found_choice> find_place(const words& in, std::size_t count) {
  static const auto places = phrases_of_texts("the first|the second|the third|the fourth|the fifth");
  static const auto last = phrase_of("the last");
  for (std::size_t at = 0; at < in.size(); ++at) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < places.size() && i < count; ++i)
      if (match(in, at, places[i], end) == likeness::exact)
        return found_choice{i, {at, end}, 0.7, false};
    if (match(in, at, last, end) == likeness::exact)
      return found_choice{count - 1, {at, end}, 0.7, false};
    if (in[at].is("option") || in[at].is("number") || in[at].is("#"))
      if (const auto n = small_number(in, at + 1, end); n && *n >= 1 && *n <= count)
        return found_choice{*n - 1, {at, end}, 0.8, false};
  }
  return std::nullopt;
}

std::string which_one(const std::vector<found_choice>& found, const config::agent_field& field) {
  std::string out;
  std::set<std::size_t> told;
  for (const auto& c : found)
    if (told.insert(c.choice).second)
      out += (out.empty() ? "Which one: " : " or ") + spoken_value(field.choices[c.choice].value);
  return out + '?';
}

bool tells_by_itself(const words& in, run where) {
  static const auto vague =
      phrases_of_texts("years|average|medium|normal|never|everything|anything|nothing|wrong|right|"
                       "correct|light|quite|little|experience|early|night|not|really|no");
  std::size_t letters = 0;
  for (auto at = where.first; at < where.last; ++at)
    letters += match_any(in, at, vague) == 0 ? in[at].text.size() : 0;
  return letters >= 5;
}

} // namespace troupe::actors::conversation
