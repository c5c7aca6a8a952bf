#include "actors/conversation/understanding_units.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace troupe::actors::conversation {

namespace {

enum class dimension : std::uint8_t { mass, length, time, volume, energy, share, count };

struct unit {
  std::string_view word;
  dimension of;
  double factor; ///< to the dimension's first unit
};

constexpr double pound = 0.45359237;
constexpr double minutes_a_day = 24 * 60;

/// Masses in kg, lengths in cm, times in minutes, volumes in litres.
constexpr std::array units{
    unit{"kg", dimension::mass, 1},
    unit{"kgs", dimension::mass, 1},
    unit{"kilo", dimension::mass, 1},
    unit{"kilos", dimension::mass, 1},
    unit{"kilogram", dimension::mass, 1},
    unit{"kilograms", dimension::mass, 1},
    unit{"kilogramme", dimension::mass, 1},
    unit{"kilogrammes", dimension::mass, 1},
    unit{"k", dimension::mass, 1},
    unit{"lb", dimension::mass, pound},
    unit{"lbs", dimension::mass, pound},
    unit{"pound", dimension::mass, pound},
    unit{"pounds", dimension::mass, pound},
    unit{"st", dimension::mass, 14 * pound},
    unit{"stone", dimension::mass, 14 * pound},
    unit{"stones", dimension::mass, 14 * pound},
    unit{"g", dimension::mass, 0.001},
    unit{"gram", dimension::mass, 0.001},
    unit{"grams", dimension::mass, 0.001},
    unit{"cm", dimension::length, 1},
    unit{"cms", dimension::length, 1},
    unit{"centimeter", dimension::length, 1},
    unit{"centimeters", dimension::length, 1},
    unit{"centimetre", dimension::length, 1},
    unit{"centimetres", dimension::length, 1},
    unit{"mm", dimension::length, 0.1},
    unit{"m", dimension::length, 100},
    unit{"meter", dimension::length, 100},
    unit{"meters", dimension::length, 100},
    unit{"metre", dimension::length, 100},
    unit{"metres", dimension::length, 100},
    unit{"km", dimension::length, 100'000},
    unit{"kms", dimension::length, 100'000},
    unit{"kilometer", dimension::length, 100'000},
    unit{"kilometers", dimension::length, 100'000},
    unit{"kilometre", dimension::length, 100'000},
    unit{"kilometres", dimension::length, 100'000},
    unit{"mile", dimension::length, 160'934.4},
    unit{"miles", dimension::length, 160'934.4},
    unit{"ft", dimension::length, 30.48},
    unit{"foot", dimension::length, 30.48},
    unit{"feet", dimension::length, 30.48},
    unit{"'", dimension::length, 30.48},
    unit{"in", dimension::length, 2.54},
    unit{"inch", dimension::length, 2.54},
    unit{"inches", dimension::length, 2.54},
    unit{"\"", dimension::length, 2.54},
    unit{"m", dimension::time, 1},
    unit{"min", dimension::time, 1},
    unit{"mins", dimension::time, 1},
    unit{"minute", dimension::time, 1},
    unit{"minutes", dimension::time, 1},
    unit{"h", dimension::time, 60},
    unit{"hr", dimension::time, 60},
    unit{"hrs", dimension::time, 60},
    unit{"hour", dimension::time, 60},
    unit{"hours", dimension::time, 60},
    unit{"day", dimension::time, minutes_a_day},
    unit{"days", dimension::time, minutes_a_day},
    unit{"week", dimension::time, 7 * minutes_a_day},
    unit{"weeks", dimension::time, 7 * minutes_a_day},
    unit{"wk", dimension::time, 7 * minutes_a_day},
    unit{"wks", dimension::time, 7 * minutes_a_day},
    unit{"month", dimension::time, 365.25 / 12 * minutes_a_day},
    unit{"months", dimension::time, 365.25 / 12 * minutes_a_day},
    unit{"year", dimension::time, 365.25 * minutes_a_day},
    unit{"years", dimension::time, 365.25 * minutes_a_day},
    unit{"yr", dimension::time, 365.25 * minutes_a_day},
    unit{"yrs", dimension::time, 365.25 * minutes_a_day},
    unit{"yo", dimension::time, 365.25 * minutes_a_day},
    unit{"l", dimension::volume, 1},
    unit{"liter", dimension::volume, 1},
    unit{"liters", dimension::volume, 1},
    unit{"litre", dimension::volume, 1},
    unit{"litres", dimension::volume, 1},
    unit{"ml", dimension::volume, 0.001},
    unit{"glass", dimension::volume, 0.25},
    unit{"glasses", dimension::volume, 0.25},
    unit{"cup", dimension::volume, 0.25},
    unit{"cups", dimension::volume, 0.25},
    unit{"pint", dimension::volume, 0.5},
    unit{"pints", dimension::volume, 0.5},
    unit{"oz", dimension::volume, 0.0295735},
    unit{"ounces", dimension::volume, 0.0295735},
    unit{"gallon", dimension::volume, 3.785},
    unit{"gallons", dimension::volume, 3.785},
    unit{"kcal", dimension::energy, 1},
    unit{"cal", dimension::energy, 1},
    unit{"cals", dimension::energy, 1},
    unit{"calories", dimension::energy, 1},
    unit{"kj", dimension::energy, 0.239006},
    unit{"%", dimension::share, 1},
    unit{"percent", dimension::share, 1},
    unit{"pct", dimension::share, 1},
    unit{"times", dimension::count, 1},
    unit{"time", dimension::count, 1},
    unit{"x", dimension::count, 1},
    unit{"session", dimension::count, 1},
    unit{"sessions", dimension::count, 1},
    unit{"workout", dimension::count, 1},
    unit{"workouts", dimension::count, 1},
    unit{"meal", dimension::count, 1},
    unit{"meals", dimension::count, 1},
    unit{"drink", dimension::count, 1},
    unit{"drinks", dimension::count, 1},
    unit{"beer", dimension::count, 1},
    unit{"beers", dimension::count, 1},
};

const unit* find(std::string_view word, dimension of) {
  const auto at = std::find_if(units.begin(), units.end(), [&](const unit& u) { return u.word == word && u.of == of; });
  return at == units.end() ? nullptr : &*at;
}

const unit* find(std::string_view word) {
  const auto at = std::find_if(units.begin(), units.end(), [&](const unit& u) { return u.word == word; });
  return at == units.end() ? nullptr : &*at;
}

} // namespace

bool is_unit(std::string_view word) {
  return find(word) != nullptr;
}

std::optional<double> convert(double value, std::string_view said, std::string_view wanted) {
  const auto* target = find(wanted);
  if (target == nullptr)
    return std::nullopt;
  if (wanted == "m") // metres: minutes are kept as "min"
    target = find(wanted, dimension::length);
  const auto* from = find(said, target->of);
  if (from == nullptr)
    return std::nullopt;
  return from->factor == target->factor ? value : value * from->factor / target->factor;
}

} // namespace troupe::actors::conversation
