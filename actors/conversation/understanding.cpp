#include "actors/conversation/understanding.hpp"

#include "actors/conversation/understanding_choice.hpp"
#include "actors/conversation/understanding_date.hpp"
#include "actors/conversation/understanding_fit.hpp"
#include "actors/conversation/understanding_list.hpp"
#include "actors/conversation/understanding_polar.hpp"
#include "actors/conversation/understanding_text.hpp"
#include "net/json/writer.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace troupe::actors::conversation {

namespace {

using config::agent_field;
using config::field_kind;

constexpr double one_of_others = 0.65; ///< a choice that wasn't asked for

class reader {
public:
  reader(std::string_view message, const config::agent_step& step, const talk& so_far)
      : message_{message}, in_{split(message)}, step_{step}, talk_{so_far}, expected_{config::find_field(
                                                                                step, so_far.expected)} {}

  understanding run_all() {
    out_.question = is_question(in_);
    if (out_.question) // only what stands before the question is an answer
      in_.resize(clause_begin(in_, in_.size() - 1));
    const bool silent = says_nothing(in_);
    prepare();
    take_named();
    take_previous();
    const bool free_text = expected_ != nullptr && expected_->kind == field_kind::text && !is_name(*expected_);
    if (expected_ != nullptr && !has(*expected_) && !in_.empty())
      take_expected(silent);
    if (!free_text) {
      take_by_unit();
      take_alone();
      take_others();
    }
    out_.declined = silent && (expected_ == nullptr || !has(*expected_));
    return std::move(out_);
  }

private:
  // What is known of a field

  bool has(const agent_field& field) const {
    return out_.find(field.name) != nullptr
           || std::any_of(out_.misfits.begin(), out_.misfits.end(),
                          [&](const auto& m) { return m.field == field.name; });
  }
  bool is_known(const agent_field& field) const {
    return std::find(talk_.known.begin(), talk_.known.end(), field.name) != talk_.known.end();
  }
  bool is_expected(const agent_field& field) const {
    return &field == expected_;
  }
  /// Whether an answer that doesn't name the field may be about it.
  bool is_open(const agent_field& field) const {
    return !is_expected(field) && !has(field) && (!is_known(field) || turned_);
  }

  std::size_t index_of(const agent_field& field) const {
    return static_cast<std::size_t>(&field - step_.fields.data());
  }

  // Words that are spoken for

  bool is_taken(run where) const {
    return std::any_of(taken_.begin() + static_cast<std::ptrdiff_t>(where.first),
                       taken_.begin() + static_cast<std::ptrdiff_t>(where.last), [](bool t) { return t; });
  }
  void take(run where) {
    std::fill(taken_.begin() + static_cast<std::ptrdiff_t>(where.first),
              taken_.begin() + static_cast<std::ptrdiff_t>(where.last), true);
  }
  span span_of(run where) const {
    return {in_[where.first].begin, in_[where.last - 1].end};
  }

  void record(const agent_field& field, std::string json, double confidence, run where) {
    take(where);
    out_.values.push_back({field.name, std::move(json), confidence, span_of(where), is_known(field)});
  }
  void refuse(const agent_field& field, misfit_reason reason, std::string why, run where) {
    take(where);
    out_.misfits.push_back({field.name, reason, std::move(why), span_of(where)});
  }
  void record_number(const agent_field& field, const fitted& number, double confidence, run where) {
    if (number.in_range)
      record(field, number_json(field, number.value), confidence, where);
    else
      refuse(field, misfit_reason::out_of_range, range_message(field, number.value), where);
  }

  void prepare() {
    turned_ = has_turn(in_);
    taken_.assign(in_.size(), false);
    std::vector<bool> dated(in_.size());
    const auto has_date = [](const agent_field& f) { return f.kind == field_kind::date; };
    if (std::any_of(step_.fields.begin(), step_.fields.end(), has_date)) {
      dates_ = find_dates(in_, talk_.today, talk_.language);
      for (const auto& date : dates_)
        std::fill_n(dated.begin() + static_cast<std::ptrdiff_t>(date.where.first), date.where.size(), true);
    }
    quantities_ = find_quantities(in_, dated);
    std::erase_if(quantities_, [](const quantity& q) { return q.negated; });
    for (const auto& field : step_.fields) {
      keywords_.push_back(keywords_of(field));
      choices_.push_back(field.choices.empty() ? std::vector<found_choice>{} : find_choices(in_, field));
    }
  }

  // Numbers

  /// Words that may name what a quantity is: before it, else behind it, in its clause and up to other quantities.
  std::array<run, 2> around(std::size_t index) const {
    const auto& q = quantities_[index].where;
    auto first = clause_begin(in_, q.first);
    if (index > 0)
      first = std::max(first, quantities_[index - 1].where.last);
    auto last = q.last;
    while (last < in_.size() && in_[last].clause == in_[q.last - 1].clause
           && (index + 1 == quantities_.size() || last < quantities_[index + 1].where.first))
      ++last;
    return {run{first, q.first}, run{q.last, last}};
  }

  /// "I'm 34": an age, where a whole number may be one.
  bool is_age(const quantity& q, const agent_field& field) const {
    const auto at = q.where.first;
    const bool said = (at >= 1 && in_[at - 1].is("im")) || (at >= 2 && in_[at - 1].is("am") && in_[at - 2].is("i"))
                      || (at >= 1 && in_[at - 1].is("turning"));
    const auto number = fit(q, field, talk_.today);
    // "I'm 79" to the question for the weight is the weight.
    const auto meant = expected_ != nullptr && !is_expected(field) && is_number(*expected_)
                           ? fit(q, *expected_, talk_.today)
                           : std::nullopt;
    if (meant && meant->in_range)
      return false;
    return said && field.unit == "years" && q.unit.empty() && number && number->in_range && q.low == number->value;
  }

  void take_named() {
    for (std::size_t i = 0; i < quantities_.size(); ++i) {
      const auto& q = quantities_[i];
      const agent_field* best = nullptr;
      std::size_t most = 0;
      for (const auto where : around(i)) {
        if (best != nullptr)
          break;
        for (const auto& field : step_.fields) {
          const auto score = is_number(field) && !has(field) ? named_by(in_, where, keywords_[index_of(field)]) : 0;
          if (score > most && fit(q, field, talk_.today)) {
            most = score;
            best = &field;
          }
        }
      }
      for (const auto& field : step_.fields)
        if (best == nullptr && is_number(field) && !has(field) && is_age(q, field))
          best = &field;
      if (best == nullptr)
        continue;
      const auto number = fit(q, *best, talk_.today);
      record_number(*best, *number, number->confidence, q.where);
    }
  }

  /// "No, 78" is about what was answered last.
  void take_previous() {
    const auto* field = config::find_field(step_, talk_.previous);
    if (!turned_ || field == nullptr || is_expected(*field) || has(*field) || !out_.values.empty())
      return;
    if (is_number(*field)) {
      for (const auto& q : quantities_)
        if (const auto number = fit(q, *field, talk_.today); number && number->in_range && !is_taken(q.where)) {
          record(*field, number_json(*field, number->value), 0.75, q.where);
          return;
        }
    } else if (field->kind == field_kind::choice) {
      if (const auto found = only_choice(*field))
        record(*field, net::json::literal(field->choices[found->choice].value), 0.75, found->where);
    } else if (field->kind == field_kind::date && dates_.size() == 1 && dates_.front().day) {
      record(*field, '"' + iso_date(*dates_.front().day) + '"', 0.75, dates_.front().where);
    }
  }

  void take_expected(bool silent) {
    const auto& field = *expected_;
    const bool corrected = turned_ && !out_.values.empty() && out_.values.front().correction;
    switch (field.kind) {
    case field_kind::number:
    case field_kind::integer:
      return take_number(field);
    case field_kind::boolean:
      return corrected ? void() : take_boolean(field);
    case field_kind::choice:
      return take_choice(field);
    case field_kind::date:
      return take_date(field);
    case field_kind::list:
      return silent || corrected ? void() : take_list(field);
    case field_kind::text:
      return silent || corrected ? void() : take_text(field);
    }
  }

  void take_number(const agent_field& field) {
    struct candidate {
      const quantity* said;
      fitted number;
    };
    std::vector<candidate> all;
    for (const auto& q : quantities_)
      if (!is_taken(q.where))
        if (const auto number = fit(q, field, talk_.today))
          all.push_back({&q, *number});
    if (all.empty())
      return take_zero(field);
    const auto keep = [&](auto predicate) {
      if (std::any_of(all.begin(), all.end(), predicate))
        std::erase_if(all, [&](const auto& c) { return !predicate(c); });
    };
    keep([](const candidate& c) { return c.number.in_range; });
    if (!turned_) // "180 cm, no 181"
      keep([](const candidate& c) { return c.number.by_unit; });
    const auto& chosen = turned_ ? all.back() : all.front();
    const bool same =
        std::all_of(all.begin(), all.end(), [&](auto& c) { return c.number.value == chosen.number.value; });
    if (same || turned_ || !chosen.number.in_range) {
      record_number(field, chosen.number, chosen.number.confidence, chosen.said->where);
      for (const auto& c : all) // what was put right is no other field
        take(c.said->where);
      return;
    }
    refuse(field, misfit_reason::ambiguous,
           "Is it " + number_json(field, all[0].number.value) + " or " + number_json(field, all[1].number.value) + '?',
           all[0].said->where);
  }

  void take_zero(const agent_field& field) {
    if (field.minimum && *field.minimum > 0)
      return;
    if (says_none(in_) && !is_taken({0, in_.size()}))
      record(field, "0", 0.8, {0, in_.size()});
  }

  // Yes and no, choices

  void take_boolean(const agent_field& field) {
    const auto polar = find_yes_or_no(in_);
    const auto& found = choices_[index_of(field)];
    std::optional<bool> by_words;
    if (!found.empty())
      by_words = (field.choices[found.front().choice].value == "true") != found.front().negated;
    if (polar && !polar->answer)
      return refuse(field, misfit_reason::ambiguous, "Is that a yes or a no?", polar->where);
    if (polar && (polar->confidence > 0.9 || !by_words))
      return record(field, *polar->answer ? "true" : "false",
                    by_words && *by_words != *polar->answer ? 0.6 : polar->confidence, polar->where);
    if (by_words)
      record(field, *by_words ? "true" : "false", found.front().negated ? 0.75 : found.front().confidence,
             found.front().where);
  }

  /// What the message says of a choice: misspelt words count only where no other does, of several the last one where
  /// the message puts something right.
  std::vector<found_choice> choices_in(const agent_field& field) const {
    auto found = choices_[index_of(field)];
    std::erase_if(found, [&](const found_choice& c) { return c.negated || is_taken(c.where); });
    const auto is_exact = [](const found_choice& c) { return c.confidence > 0.9; };
    if (std::any_of(found.begin(), found.end(), is_exact))
      std::erase_if(found, [&](const found_choice& c) { return !is_exact(c); });
    if (turned_ && found.size() > 1)
      found.erase(found.begin(), found.end() - 1);
    return found;
  }
  std::optional<found_choice> only_choice(const agent_field& field) const {
    const auto found = choices_in(field);
    const bool one =
        !found.empty() && std::all_of(found.begin(), found.end(), [&](auto& c) { return c.choice == found[0].choice; });
    return one ? std::optional{found.front()} : std::nullopt;
  }

  void take_choice(const agent_field& field) {
    if (const auto one = only_choice(field))
      return record(field, net::json::literal(field.choices[one->choice].value), one->confidence, one->where);
    const auto several = choices_in(field);
    if (several.empty()) {
      if (const auto place = find_place(in_, field.choices.size()))
        record(field, net::json::literal(field.choices[place->choice].value), place->confidence, place->where);
      return;
    }
    refuse(field, misfit_reason::ambiguous, which_one(several, field),
           {several.front().where.first, several.back().where.last});
  }

  // Dates, lists, texts

  void take_date(const agent_field& field) {
    if (dates_.empty())
      return;
    const auto good = [](const said_date& d) { return d.day.has_value(); };
    const auto first = std::find_if(dates_.begin(), dates_.end(), good);
    if (first == dates_.end()) {
      const auto& bad = dates_.front();
      return refuse(field, bad.ambiguous ? misfit_reason::ambiguous : misfit_reason::impossible_date, bad.fault,
                    bad.where);
    }
    const auto chosen = turned_ ? std::find_if(dates_.rbegin(), dates_.rend(), good).base() - 1 : first;
    const bool alone =
        std::none_of(dates_.begin(), dates_.end(), [&](auto& d) { return d.day && d.day != chosen->day; });
    if (!alone && !turned_)
      return refuse(field, misfit_reason::ambiguous, "Which day is it?", first->where);
    record(field, '"' + iso_date(*chosen->day) + '"', chosen->confidence, chosen->where);
    for (const auto& date : dates_) // "next week Monday"
      take(date.where);
  }

  void take_list(const agent_field& field) {
    const auto found = field.choices.empty()
                           ? split_list(message_.substr(0, in_.back().end), in_, agent_field{}.longest)
                           : find_list(in_, field, true);
    if (!found)
      return;
    auto elements = found->elements;
    if (elements.size() > field.longest)
      elements.resize(field.longest);
    if (elements.size() < field.shortest)
      return refuse(field, misfit_reason::out_of_range, "Please name at least " + std::to_string(field.shortest) + '.',
                    found->where);
    record(field, list_json(elements), found->confidence, found->where);
  }

  void take_text(const agent_field& field) {
    run where{0, in_.size()};
    if (is_name(field)) {
      const auto name = find_name(in_, true);
      if (!name)
        return;
      where = *name;
    }
    const auto said = span_of(where);
    const auto text = tidy_text(message_.substr(said.begin, said.end - said.begin), field.longest);
    const bool speaks = std::any_of(in_.begin(), in_.end(), [](const word& w) { return w.kind != word_kind::mark; });
    if (speaks && characters_of(text) >= field.shortest)
      record(field, net::json::literal(text), 0.9, where);
  }

  // What wasn't asked for

  /// "82 kg" is the weight where no other field is one.
  void take_by_unit() {
    for (const auto& q : quantities_) {
      if (q.unit.empty() || is_taken(q.where))
        continue;
      const agent_field* only = nullptr;
      std::size_t count = 0;
      for (const auto& field : step_.fields)
        if (const auto number = is_number(field) && is_open(field) ? fit(q, field, talk_.today) : std::nullopt;
            number && number->by_unit && number->in_range) {
          only = &field;
          ++count;
        }
      if (count == 1) {
        const auto number = fit(q, *only, talk_.today);
        record(*only, number_json(*only, number->value), 0.9 * number->confidence, q.where);
      }
    }
  }

  /// "I'm 34, 82 kg, 1.80": a number that stands alone beside other answers, and can be one field only.
  void take_alone() {
    if (out_.values.empty())
      return;
    for (const auto& q : quantities_) {
      const auto clause = in_[q.where.first].clause;
      const auto stray = [&](const word& w) {
        const auto at = static_cast<std::size_t>(&w - in_.data());
        return w.clause == clause && w.kind == word_kind::word && !w.is("and")
               && (at < q.where.first || at >= q.where.last);
      };
      if (!q.unit.empty() || is_taken(q.where) || std::any_of(in_.begin(), in_.end(), stray))
        continue;
      const agent_field* only = nullptr;
      std::size_t count = 0;
      for (const auto& field : step_.fields)
        if (const auto number =
                is_number(field) && is_open(field) && !is_known(field) ? fit(q, field, talk_.today) : std::nullopt;
            number && number->in_range && (field.kind != field_kind::integer || number->value == q.low)) {
          only = &field;
          ++count;
        }
      if (count == 1)
        record(*only, number_json(*only, fit(q, *only, talk_.today)->value), 0.6, q.where);
    }
  }

  bool is_telling(run where) const {
    return !is_taken(where) && tells_by_itself(in_, where);
  }

  bool is_claimed(const agent_field& by, run where) const {
    return std::any_of(step_.fields.begin(), step_.fields.end(), [&](const agent_field& other) {
      if (&other == &by || other.choices.empty())
        return false;
      const auto& found = choices_[index_of(other)];
      return std::any_of(found.begin(), found.end(), [&](const found_choice& c) {
        return c.where.first < where.last && where.first < c.where.last && c.where.size() >= where.size();
      });
    });
  }

  void take_others() {
    for (const auto& field : step_.fields) {
      if (!is_open(field))
        continue;
      if (field.kind == field_kind::choice) {
        if (const auto one = only_choice(field); one && is_telling(one->where) && !is_claimed(field, one->where))
          record(field, net::json::literal(field.choices[one->choice].value), one_of_others, one->where);
      } else if (field.kind == field_kind::boolean) {
        take_other_boolean(field);
      } else if (field.kind == field_kind::list && !field.choices.empty()) {
        take_other_list(field);
      } else if (field.kind == field_kind::date) {
        take_other_date(field);
      } else if (is_name(field)) {
        if (const auto name = find_name(in_, false); name && !is_taken(*name)) {
          const auto said = span_of(*name);
          record(field,
                 net::json::literal(tidy_text(message_.substr(said.begin, said.end - said.begin), field.longest)), 0.85,
                 *name);
        }
      }
    }
  }

  void take_other_boolean(const agent_field& field) {
    for (const auto& c : choices_[index_of(field)])
      if (is_telling(c.where) && !is_claimed(field, c.where) && c.confidence > 0.9) {
        const bool yes = (field.choices[c.choice].value == "true") != c.negated;
        return record(field, yes ? "true" : "false", one_of_others, c.where);
      }
  }

  void take_other_list(const agent_field& field) {
    const auto& found = choices_[index_of(field)];
    const bool clear = std::all_of(found.begin(), found.end(), [&](const found_choice& c) {
      return is_telling(c.where) && !is_claimed(field, c.where);
    });
    if (found.empty() || !clear)
      return;
    const auto list = find_list(in_, field, false);
    if (list && list->elements.size() >= std::max<std::size_t>(field.shortest, 1)
        && list->elements.size() <= field.longest)
      record(field, list_json(list->elements), one_of_others, list->where);
  }

  void take_other_date(const agent_field& field) {
    for (const auto& date : dates_) {
      const run before{clause_begin(in_, date.where.first), date.where.first};
      if (date.day && !is_taken(date.where) && named_by(in_, before, keywords_[index_of(field)]) > 0)
        return record(field, '"' + iso_date(*date.day) + '"', 0.85 * date.confidence, date.where);
    }
  }

  std::string_view message_;
  words in_;
  const config::agent_step& step_;
  const talk& talk_;
  const agent_field* expected_;
  bool turned_ = false;
  std::vector<bool> taken_;
  std::vector<said_date> dates_;
  std::vector<quantity> quantities_;
  std::vector<phrase> keywords_;                   ///< of each field
  std::vector<std::vector<found_choice>> choices_; ///< likewise
  understanding out_;
};

} // namespace

const understood_value* understanding::find(std::string_view field) const {
  const auto at = std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.field == field; });
  return at == values.end() ? nullptr : &*at;
}

understanding understand(std::string_view message, const config::agent_step& step, const talk& so_far) {
  return reader{message.substr(0, understood_length), step, so_far}.run_all();
}

} // namespace troupe::actors::conversation
