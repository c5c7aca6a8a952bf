#include "actors/conversation/understanding_number.hpp"

#include "actors/conversation/understanding_units.hpp"
#include "config/values.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace troupe::actors::conversation {

namespace {

struct named_number {
  std::string_view word;
  unsigned value;
};

constexpr std::array<named_number, 20> small_words{
    {{"zero", 0},     {"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},
     {"five", 5},     {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},
     {"ten", 10},     {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14},
     {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}}};
constexpr std::array<named_number, 9> tens_words{{{"twenty", 20},
                                                  {"thirty", 30},
                                                  {"forty", 40},
                                                  {"fourty", 40},
                                                  {"fifty", 50},
                                                  {"sixty", 60},
                                                  {"seventy", 70},
                                                  {"eighty", 80},
                                                  {"ninety", 90}}};
/// Before "one" they make it no number: "the first one", "no one".
constexpr std::array<std::string_view, 14> before_pronoun{"the",    "this", "that", "no",    "any",  "which", "first",
                                                          "second", "last", "each", "every", "good", "some",  "other"};
constexpr std::array<std::string_view, 13> vague_words{"about", "around",   "approximately", "approx", "roughly",
                                                       "circa", "ca",       "maybe",         "almost", "nearly",
                                                       "like",  "probably", "think"};

template <std::size_t N>
const named_number* find(const std::array<named_number, N>& all, const word& w) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& n) { return w.is(n.word); });
  return at == all.end() ? nullptr : &*at;
}

template <std::size_t N>
bool is_one_of(const word& w, const std::array<std::string_view, N>& all) {
  return w.kind == word_kind::word && std::find(all.begin(), all.end(), w.text) != all.end();
}

/// `82`, `82.5`, `82,5`, `1,250`; what has several points or commas is no number.
std::optional<double> number_of(std::string_view text) {
  const auto mark = text.find_first_of(".,");
  if (mark == std::string_view::npos)
    return config::parse_number(text);
  if (text.find_first_of(".,", mark + 1) != std::string_view::npos)
    return std::nullopt;
  std::string plain{text};
  if (text[mark] == ',' && text.size() - mark == 4 && mark <= 3 && text.front() != '0')
    plain.erase(mark, 1);
  else
    plain[mark] = '.';
  return config::parse_number(plain);
}

char period_of(const word& w) {
  for (const auto& [text, period] :
       {std::pair{"day", 'd'}, {"night", 'd'}, {"week", 'w'}, {"wk", 'w'}, {"month", 'm'}, {"year", 'y'}})
    if (w.is(text))
      return period;
  return 0;
}

/// Reads quantities from a place on.
class number_reader {
public:
  number_reader(const words& in, const std::vector<bool>& taken) : in_{in}, taken_{taken} {}

  std::optional<quantity> read(std::size_t at) {
    begin_ = at_ = at;
    quantity out;
    if (!read_adverb(out) && !read_amount(out))
      return std::nullopt;
    read_scale(out);
    read_range(out);
    read_period(out);
    out.where = {at, at_};
    finish(out);
    return out;
  }

private:
  bool free(std::size_t at) const {
    return at < in_.size() && !taken_[at];
  }
  bool is(std::size_t at, std::string_view text) const {
    return free(at) && in_[at].is(text);
  }
  /// Goes on behind these words if they stand here.
  bool skip(std::initializer_list<std::string_view> texts) {
    auto at = at_;
    for (const auto text : texts)
      if (!is(at++, text))
        return false;
    at_ = at;
    return true;
  }

  /// "twice a week", "daily", "every other day".
  bool read_adverb(quantity& out) {
    for (const auto& [text, count] : {std::pair{"once", 1.0}, {"twice", 2.0}, {"thrice", 3.0}})
      if (skip({text}))
        return set(out, count, 0);
    for (const auto& [text, period] : {std::pair{"daily", 'd'}, {"everyday", 'd'}, {"weekly", 'w'}, {"monthly", 'm'}})
      if (skip({text}))
        return set(out, 1, period);
    if (skip({"every", "other", "day"}) || skip({"every", "second", "day"}))
      return set(out, 0.5, 'd');
    if ((is(at_, "every") || is(at_, "each")) && free(at_ + 1))
      if (const auto period = period_of(in_[at_ + 1])) {
        at_ += 2;
        return set(out, 1, period);
      }
    return false;
  }

  static bool set(quantity& out, double count, char period) {
    out.low = out.high = count;
    out.unit = "times";
    out.period = period;
    return true;
  }

  /// A number with its unit, or a unit that stands for one of it.
  bool read_amount(quantity& out) {
    auto value = read_fraction_of_unit();
    const bool ready = value.has_value();
    if (!value)
      value = read_number();
    if (!value)
      return false;
    out.low = out.high = *value;
    out.unit = ready ? unit_ : read_unit();
    if (!out.unit.empty())
      add_smaller(out);
    return true;
  }

  /// "an hour", "half an hour", "a quarter of an hour", "three quarters of an hour".
  std::optional<double> read_fraction_of_unit() {
    const auto start = at_;
    const auto unit_behind = [&](double value) -> std::optional<double> {
      skip({"of"});
      if (!skip({"a"}))
        skip({"an"});
      if (free(at_) && in_[at_].kind == word_kind::word && in_[at_].text.size() > 2 && is_unit(in_[at_].text)) {
        unit_ = in_[at_++].text;
        if (skip({"and", "a", "half"}))
          value += 0.5;
        return value;
      }
      at_ = start;
      return std::nullopt;
    };
    if (skip({"half"}) || skip({"a", "half"}))
      return unit_behind(0.5);
    if (skip({"three", "quarters"}))
      return unit_behind(0.75);
    if (skip({"a", "quarter"}) || skip({"quarter"}))
      return unit_behind(0.25);
    if (is(at_, "a") || is(at_, "an"))
      return unit_behind(1);
    return std::nullopt;
  }

  std::optional<double> read_number() {
    if (!free(at_))
      return std::nullopt;
    const auto start = at_;
    const auto value = in_[at_].kind == word_kind::number ? read_digits() : read_words();
    if (!value)
      return std::nullopt;
    if (skip({"and", "a", "half"}))
      return *value + 0.5;
    // "-5" is less than zero; "3-4" and "mid-30" aren't.
    if (start > 0
        && ((in_[start - 1].is("-") && in_[start].glued && !in_[start - 1].glued) || in_[start - 1].is("minus")))
      return -*value;
    return value;
  }

  std::optional<double> read_digits() {
    auto value = number_of(in_[at_].text);
    if (!value)
      return std::nullopt;
    ++at_;
    // "1/2" and "1 1/2"
    const auto fraction = [&](std::size_t at) -> std::optional<double> {
      if (!free(at) || in_[at].kind != word_kind::number || !is(at + 1, "/") || !in_[at + 1].glued || !free(at + 2)
          || !in_[at + 2].glued || is(at + 3, "/"))
        return std::nullopt;
      const auto above = number_of(in_[at].text);
      const auto below = number_of(in_[at + 2].text);
      if (!above || !below || (*below != 2 && *below != 3 && *below != 4) || *above >= *below)
        return std::nullopt;
      return *above / *below;
    };
    if (const auto all = fraction(at_ - 1)) {
      at_ += 2;
      return all;
    }
    if (const auto part = fraction(at_)) {
      at_ += 3;
      return *value + *part;
    }
    if (free(at_) && in_[at_].kind == word_kind::number && in_[at_].glued && in_[at_].text.starts_with("0.")) { // 1½
      value = *value + number_of(in_[at_].text).value_or(0);
      ++at_;
    }
    return value;
  }

  std::optional<double> read_words() {
    double value = 0;
    const auto start = at_;
    if (is(at_, "a") && is(at_ + 1, "hundred")) {
      value = 100;
      at_ += 2;
    } else if (is(at_, "a") && is(at_ + 1, "couple")) {
      at_ += 2;
      skip({"of"});
      return 2;
    } else if (is(at_, "a") && is(at_ + 1, "dozen")) {
      at_ += 2;
      return 12;
    } else if (const auto below = below_hundred()) {
      value = *below;
      if (skip({"hundred"}))
        value *= 100;
      else if (value == 1 && at_ == start + 1 && free(at_) && find(tens_words, in_[at_]) != nullptr)
        value = 100; // "one eighty"
    } else if (skip({"hundred"})) {
      value = 100;
    } else {
      return std::nullopt;
    }
    if (value >= 100) {
      const auto before_and = at_;
      skip({"and"});
      if (const auto rest = below_hundred())
        value += *rest;
      else
        at_ = before_and;
    }
    if (skip({"point"})) {
      if (const auto tenths = below_hundred(); tenths && *tenths < 10)
        value += *tenths / 10;
    }
    if (value == 1 && start > 0 && at_ == start + 1 && is_one_of(in_[start - 1], before_pronoun)) {
      at_ = start;
      return std::nullopt;
    }
    return value;
  }

  /// "seven", "twenty", "twenty-five".
  std::optional<double> below_hundred() {
    if (!free(at_))
      return std::nullopt;
    if (const auto* small = find(small_words, in_[at_])) {
      ++at_;
      return small->value;
    }
    const auto* tens = find(tens_words, in_[at_]);
    if (tens == nullptr)
      return std::nullopt;
    ++at_;
    const auto next = is(at_, "-") ? at_ + 1 : at_;
    if (const auto* small = free(next) ? find(small_words, in_[next]) : nullptr;
        small && small->value > 0 && small->value < 10) {
      at_ = next + 1;
      return tens->value + small->value;
    }
    return tens->value;
  }

  std::string read_unit() {
    if (!free(at_))
      return {};
    const auto& w = in_[at_];
    // "3 in a week": not inches
    if (w.is("in") && free(at_ + 1) && in_[at_ + 1].kind == word_kind::word && in_[at_ + 1].clause == w.clause)
      return {};
    if (w.kind == word_kind::number || !is_unit(w.text) || (w.kind == word_kind::mark && !w.glued))
      return {};
    ++at_;
    if (is(at_, ".") && in_[at_].glued && w.text.size() <= 3) // lbs.
      ++at_;
    if (is(at_, "old"))
      ++at_;
    return w.text;
  }

  /// 5'10", 5 ft 10, 12 st 4, 1h30, 1 m 80, an hour and 15 minutes.
  void add_smaller(quantity& out) {
    struct step {
      std::string_view large, small, base;
      double in_large;
    };
    constexpr std::array<step, 11> steps{{{"'", "\"", "cm", 12},
                                          {"ft", "in", "cm", 12},
                                          {"foot", "in", "cm", 12},
                                          {"feet", "in", "cm", 12},
                                          {"st", "lb", "kg", 14},
                                          {"stone", "lb", "kg", 14},
                                          {"h", "min", "min", 60},
                                          {"hr", "min", "min", 60},
                                          {"hour", "min", "min", 60},
                                          {"hours", "min", "min", 60},
                                          {"m", "cm", "cm", 100}}};
    const auto* known = std::find_if(steps.begin(), steps.end(), [&](const auto& s) { return s.large == out.unit; });
    if (known == steps.end())
      return;
    const auto start = at_;
    const bool linked = skip({"and"});
    const auto behind = at_;
    const auto value = read_number();
    const auto unit = value ? read_unit() : std::string{};
    auto amount = value;
    if (value && !unit.empty()) {
      const auto said = convert(*value, unit, known->base);
      const auto one = convert(1, known->small, known->base);
      amount = said && one ? std::optional{*said / *one} : std::nullopt;
    }
    // A bare number belongs to it only where nothing but it can follow: 1h30, 5 foot 10, 1m80.
    const bool bare_fits = !linked && (known->large != "m" || (value && in_[behind].glued && *value >= 10));
    if (!amount || *amount < 0 || *amount >= known->in_large || (unit.empty() && !bare_fits)) {
      at_ = start;
      return;
    }
    out.low += *amount / known->in_large;
    out.high = out.low;
  }

  /// "8/10", "8 out of 10", and a time such as 1:30.
  void read_scale(quantity& out) {
    if (!out.unit.empty())
      return;
    if (is(at_, ":") && in_[at_].glued && free(at_ + 1) && in_[at_ + 1].glued && in_[at_ + 1].text.size() == 2
        && in_[at_ + 1].kind == word_kind::number) {
      const auto minutes = number_of(in_[at_ + 1].text);
      if (minutes && *minutes < 60 && out.low == std::floor(out.low)) {
        out.low = out.high = out.low + *minutes / 60;
        out.unit = "h";
        at_ += 2;
      }
      return;
    }
    const auto start = at_;
    if (!skip({"/"}) && !skip({"out", "of"}) && !skip({"of"}))
      return;
    if (const auto scale = read_number(); scale && *scale > 0)
      out.scale = *scale;
    else
      at_ = start;
  }

  /// 3-4, 3 to 4, 3 or 4, between 3 and 4.
  void read_range(quantity& out) {
    const auto start = at_;
    const bool between = begin_ > 0 && in_[begin_ - 1].is("between");
    if (!skip({"-"}) && !skip({"to"}) && !skip({"or"}) && !(between && skip({"and"})))
      return;
    const auto high = read_number();
    if (!high || *high <= out.low || out.scale > 0) {
      at_ = start;
      return;
    }
    out.high = *high;
    if (const auto unit = read_unit(); !unit.empty())
      out.unit = unit;
  }

  /// "a week", "per day", "/week", "each night", "times a week".
  void read_period(quantity& out) {
    if (out.period != 0)
      return;
    const auto start = at_;
    if (!skip({"times"}))
      skip({"x"});
    for (const auto& [text, period] : {std::pair{"daily", 'd'}, {"weekly", 'w'}, {"monthly", 'm'}})
      if (skip({text})) {
        out.period = period;
        return;
      }
    if (skip({"in", "a"}) || skip({"a"}) || skip({"per"}) || skip({"each"}) || skip({"every"}) || skip({"/"}))
      if (free(at_))
        out.period = period_of(in_[at_]);
    if (out.period != 0)
      ++at_;
    else
      at_ = start;
  }

  void finish(quantity& out) const {
    out.negated = is_negated(in_, out.where);
    for (auto at = clause_begin(in_, out.where.first); at < out.where.first; ++at)
      out.vague = out.vague || is_one_of(in_[at], vague_words) || in_[at].is("~");
  }

  const words& in_;
  const std::vector<bool>& taken_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  std::string unit_;
};

} // namespace

std::vector<quantity> find_quantities(const words& in, const std::vector<bool>& taken) {
  std::vector<quantity> out;
  number_reader reader{in, taken};
  for (std::size_t at = 0; at < in.size();) {
    auto found = reader.read(at);
    at = found ? found->where.last : at + 1;
    if (found)
      out.push_back(std::move(*found));
  }
  return out;
}

std::optional<unsigned> small_number(const words& in, std::size_t at, std::size_t& end) {
  if (at >= in.size())
    return std::nullopt;
  if (in[at].kind == word_kind::number) {
    const auto value = config::parse_integer(in[at].text);
    if (!value || *value > 31)
      return std::nullopt;
    end = at + 1;
    return static_cast<unsigned>(*value);
  }
  const auto* small = find(small_words, in[at]);
  if (small == nullptr)
    return std::nullopt;
  end = at + 1;
  return small->value;
}

} // namespace troupe::actors::conversation
