#include "actors/conversation/understanding_fit.hpp"

#include "actors/conversation/understanding_units.hpp"
#include "config/values.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace troupe::actors::conversation {

namespace {

using config::agent_field;

constexpr double largest = 1e9;

bool in_range(const agent_field& field, double value) {
  return (!field.minimum || value >= *field.minimum) && (!field.maximum || value <= *field.maximum);
}

double days_of(char period) {
  switch (period) {
  case 'd':
    return 1;
  case 'w':
    return 7;
  case 'm':
    return 365.25 / 12;
  case 'y':
    return 365.25;
  default:
    return 0;
  }
}

/// The period that a count's name speaks of: `sessions_per_week`.
char period_of(const agent_field& field) {
  for (const auto& [ending, period] : {std::pair{"_per_day", 'd'}, {"_per_week", 'w'}, {"_per_month", 'm'}})
    if (field.name.ends_with(ending))
      return period;
  return 0;
}

/// A number without a unit is one in the field's unit, unless only another one makes sense of it.
void read_bare(fitted& out, const quantity& said, const agent_field& field, std::chrono::sys_days today) {
  if (said.scale > 0 && field.maximum && *field.maximum != said.scale) {
    out.value *= *field.maximum / said.scale;
    out.confidence *= 0.7;
  }
  if (in_range(field, out.value))
    return;
  const auto year = static_cast<int>(std::chrono::year_month_day{today}.year());
  if (field.unit == "cm" && out.value > 0 && out.value < 3 && in_range(field, out.value * 100)) {
    out.value *= 100; // 1.80
    out.confidence *= 0.95;
  } else if (field.unit == "l" && in_range(field, out.value / 1000)) {
    out.value /= 1000; // 1500 ml
    out.confidence *= 0.8;
  } else if (field.unit == "years" && out.value >= 1900 && out.value <= year) {
    out.value = year - out.value; // born in that year: may be one less
    out.confidence *= 0.65;
  }
}

/// How often: in the field's period where both are known.
bool read_count(fitted& out, const quantity& said, const agent_field& field) {
  const bool counted = convert(1, said.unit, "times").has_value();
  const bool days = said.period != 0 && (said.unit == "day" || said.unit == "days");
  if (!counted && !days)
    return false;
  const auto wanted = period_of(field);
  if (wanted != 0 && said.period != 0)
    out.value *= days_of(wanted) / days_of(said.period);
  out.by_unit = said.period != 0 && said.period == wanted;
  return true;
}

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

bool is_generic(std::string_view word) {
  constexpr std::array<std::string_view, 10> words{"per", "of",    "current", "usual", "is",
                                                   "has", "wants", "date",    "day",   "week"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// "weigh" and "weight", "sleeping" and "sleep".
bool same_stem(std::string_view said, std::string_view name) {
  if (said == name || (name == "height" && said == "tall") || (name == "age" && (said == "old" || said == "aged")))
    return true;
  return std::min(said.size(), name.size()) >= 4 && (said.starts_with(name) || name.starts_with(said));
}

} // namespace

bool is_number(const agent_field& field) {
  return field.kind == config::field_kind::number || field.kind == config::field_kind::integer;
}

std::optional<fitted> fit(const quantity& said, const agent_field& field, std::chrono::sys_days today) {
  fitted out{said.mean(), 0.95, false, true};
  if (said.unit.empty()) {
    if (field.unit == "times" && said.period != 0 && !is_number(field))
      return std::nullopt;
    read_bare(out, said, field, today);
    if (field.unit == "times" && said.period != 0 && period_of(field) != 0)
      out.value *= days_of(period_of(field)) / days_of(said.period);
  } else if (field.unit == "times" || field.unit.empty()) {
    if (!read_count(out, said, field))
      return std::nullopt;
  } else {
    const auto converted = convert(out.value, said.unit, field.unit);
    if (!converted)
      return std::nullopt;
    out.by_unit = true;
    out.value = *converted == out.value ? out.value : rounded(*converted, 10);
  }
  if (!std::isfinite(out.value) || std::abs(out.value) > largest)
    return std::nullopt;
  out.value = field.kind == config::field_kind::integer ? std::floor(out.value + 1e-6) : rounded(out.value, 1000);
  out.in_range = in_range(field, out.value);
  if (said.vague || said.low != said.high)
    out.confidence *= 0.85;
  return out;
}

std::string number_json(const agent_field& field, double value) {
  return field.kind == config::field_kind::integer ? std::to_string(static_cast<std::int64_t>(value))
                                                   : config::format_number(value);
}

std::string range_message(const agent_field& field, double value) {
  const auto unit = field.unit.empty() || field.unit == "times" ? std::string{} : ' ' + field.unit;
  std::string rule;
  if (field.minimum && field.maximum)
    rule = "from " + number_json(field, *field.minimum) + " to " + number_json(field, *field.maximum);
  else if (field.minimum)
    rule = "at least " + number_json(field, *field.minimum);
  else
    rule = "at most " + number_json(field, field.maximum.value_or(0));
  return "It should be " + rule + unit + "; I understood " + number_json(field, value) + unit + '.';
}

std::string spoken_value(std::string_view value) {
  std::string out{value};
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

phrase keywords_of(const agent_field& field) {
  auto out = phrase_of(field.name);
  std::erase_if(out, [](const std::string& part) { return is_generic(part); });
  return out;
}

std::size_t named_by(const words& in, run where, const phrase& keywords) {
  const auto* first = in.data() + where.first;
  const auto* last = in.data() + where.last;
  const bool all = std::all_of(keywords.begin(), keywords.end(), [&](const std::string& part) {
    return std::any_of(first, last,
                       [&](const word& w) { return w.kind == word_kind::word && same_stem(w.text, part); });
  });
  return all ? keywords.size() : 0;
}

} // namespace troupe::actors::conversation
