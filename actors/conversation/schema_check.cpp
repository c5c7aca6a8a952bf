#include "actors/conversation/schema_check.hpp"

#include "config/values.hpp"
#include "net/json/reader.hpp"

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace troupe::actors::conversation {

namespace {

using config::agent_field;
using config::field_kind;
using nlohmann::json;

constexpr std::size_t shown_bytes = 120;

std::string found(const json& value) {
  auto text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > shown_bytes)
    text = text.substr(0, shown_bytes) + "...";
  return "; found " + text;
}

std::string range_of(const agent_field& field) {
  std::string out;
  if (field.minimum && field.maximum)
    out = " from " + config::format_number(*field.minimum) + " to " + config::format_number(*field.maximum);
  else if (field.minimum)
    out = " of at least " + config::format_number(*field.minimum);
  else if (field.maximum)
    out = " of at most " + config::format_number(*field.maximum);
  return field.unit.empty() ? out : out + " (" + field.unit + ')';
}

std::string values_of(const agent_field& field) {
  std::string out;
  for (const auto& choice : field.choices)
    out += (out.empty() ? "" : ", ") + choice.value;
  return out;
}

std::string lengths_of(const agent_field& field) {
  return std::to_string(field.shortest) + " to " + std::to_string(field.longest);
}

std::string rule_of(const agent_field& field) {
  switch (field.kind) {
  case field_kind::text:
    return "must be a text of " + lengths_of(field) + " characters";
  case field_kind::number:
    return "must be a number" + range_of(field);
  case field_kind::integer:
    return "must be a whole number" + range_of(field);
  case field_kind::boolean:
    return "must be true or false";
  case field_kind::choice:
    return "must be one of " + values_of(field);
  case field_kind::date:
    return "must be a day such as 1990-03-04";
  case field_kind::list:
    break;
  }
  return "must be a list of " + lengths_of(field) + " different "
         + (field.choices.empty() ? std::string{"texts"} : "values of " + values_of(field));
}

bool is_valid(const json& schema, const json& value) {
  valijson::Schema loaded;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter{schema}, loaded);
  valijson::Validator validator{valijson::Validator::kStrongTypes};
  return validator.validate(loaded, valijson::adapters::NlohmannJsonAdapter{value}, nullptr);
}

bool is_day(const json& value) {
  if (!value.is_string())
    return false;
  const auto& text = value.get_ref<const std::string&>();
  int y = 0;
  unsigned m = 0;
  unsigned d = 0;
  int length = 0;
  if (text.size() != 10 || std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &y, &m, &d, &length) != 3 || length != 10)
    return false;
  return std::chrono::year_month_day{std::chrono::year{y}, std::chrono::month{m}, std::chrono::day{d}}.ok();
}

bool is_valid(const agent_field& field, const json& schema, const json& value) {
  if (field.kind == field_kind::date)
    return is_day(value); // JSON Schema's own check knows no leap years
  return is_valid(schema, value);
}

/// The first element that is wrong by itself, or none.
std::size_t wrong_element(const json& schema, const json& list) {
  std::size_t i = 0;
  while (i < list.size() && is_valid(schema.at("items"), list[i]))
    ++i;
  return i;
}

void check_field(const agent_field& field, const json& schema, const json& value, std::vector<schema_fault>& out) {
  if (is_valid(field, schema, value))
    return;
  if (field.kind == field_kind::list && value.is_array() && value.size() <= field.longest)
    if (const auto i = wrong_element(schema, value); i < value.size()) {
      out.push_back(
          {'/' + field.name + '/' + std::to_string(i),
           (field.choices.empty() ? "must be a text" : "must be one of " + values_of(field)) + found(value[i])});
      return;
    }
  out.push_back({'/' + field.name, rule_of(field) + found(value)});
}

/// A name as part of a JSON Pointer.
std::string escaped(std::string_view name) {
  std::string out;
  for (const auto c : name.substr(0, shown_bytes))
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

schema_fault unknown(const config::agent_step& step, const std::string& name) {
  std::vector<std::string_view> known;
  for (const auto& field : step.fields)
    known.push_back(field.name);
  return {'/' + escaped(name), "there is no such field" + config::suggestion(name, known)};
}

} // namespace

std::vector<schema_fault> check_schema(const config::agent_step& step, std::string_view values, completeness how) {
  if (values.size() > most_checked_bytes)
    return {{"", "must have at most " + config::format_size(most_checked_bytes)}};
  net::json::reader reader{values, net::json::strictness::strict, most_checked_depth};
  reader.skip();
  if (!reader.finish())
    return {{reader.failure()->pointer, "must be JSON: " + reader.failure()->message}};
  const auto object = json::parse(values, nullptr, false);
  if (!object.is_object())
    return {{"", "must be an object" + (object.is_discarded() ? "; a number is too large" : found(object))}};
  const auto schema = step.schema.empty() ? json{} : json::parse(step.schema);
  std::vector<schema_fault> out;
  for (const auto& [name, value] : object.items())
    if (const auto* field = config::find_field(step, name))
      check_field(*field, schema.at("properties").at(name), value, out);
    else
      out.push_back(unknown(step, name));
  for (const auto& field : step.fields)
    if (how == completeness::complete && field.required && !object.contains(field.name))
      out.push_back({'/' + field.name, "is missing; it " + rule_of(field)});
  return out;
}

std::vector<std::string> value_faults(const config::agent_step& step, std::string_view values) {
  std::vector<std::string> out;
  for (const auto& fault : check_schema(step, values, completeness::partial))
    out.push_back(fault.pointer + ": " + fault.message);
  return out;
}

} // namespace troupe::actors::conversation
