#include "config/agent_schema.hpp"

#include "config/agent_table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace troupe::config {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t usual_list_length = 16;

std::string found(std::string_view text) {
  return "; found " + in_quotes(text);
}

/// One property at a time: its keys, what else the step says of it, and whether that makes sense.
class field_reader {
public:
  field_reader(source& from, const std::string& step, const std::string& name)
      : from_{from}, step_{step}, at_{step + "schema.properties." + name + '.'} {
    field_.name = name;
  }

  agent_field read(bool required) {
    field_.required = required;
    read_section(from_, at_, property_table(), property_);
    const auto values = from_.take_list(at_ + "enum");
    const auto items = from_.take_list(at_ + "items.enum");
    if (property_.type == property_type::none)
      missing("type");
    else
      set_kind(!values.empty());
    field_.description = property_.description;
    take_values(property_.type == property_type::array ? items : values);
    if (property_.type == property_type::array && !values.empty())
      fault("enum", "of a list stands below items");
    if (property_.type != property_type::array && !items.empty())
      fault("items.enum", "is for lists; this is " + word());
    check_items();
    check_range();
    check_lengths();
    read_texts();
    read_unit();
    read_synonyms();
    return std::move(field_);
  }

private:
  void fault(const std::string& key, const std::string& what) {
    from_.fault(from_.place_of(at_ + key) + what);
  }
  void missing(const std::string& key) {
    from_.fault(from_.place_of(at_.substr(0, at_.size() - 1)) + key + " is missing");
  }

  bool is(field_kind kind) const {
    return field_.kind == kind;
  }
  bool is_number() const {
    return is(field_kind::number) || is(field_kind::integer);
  }

  std::string word() const {
    switch (field_.kind) {
    case field_kind::text:
      return "a text";
    case field_kind::choice:
      return "a choice";
    case field_kind::date:
      return "a date";
    case field_kind::number:
    case field_kind::integer:
      return "a number";
    case field_kind::boolean:
      return "a boolean";
    case field_kind::list:
      break;
    }
    return "a list";
  }

  void set_kind(bool has_values) {
    switch (property_.type) {
    case property_type::integer:
      field_.kind = field_kind::integer;
      break;
    case property_type::number:
      field_.kind = field_kind::number;
      break;
    case property_type::boolean:
      field_.kind = field_kind::boolean;
      break;
    case property_type::array:
      field_.kind = field_kind::list;
      break;
    case property_type::none:
    case property_type::string:
      field_.kind = has_values ? field_kind::choice : !property_.format.empty() ? field_kind::date : field_kind::text;
    }
    if (!property_.format.empty() && !is(field_kind::date))
      fault("format", "is for strings without enum; this is " + word());
    if (has_values && !is(field_kind::choice) && !is(field_kind::list))
      fault("enum", "is for strings; this is " + word());
  }

  void take_values(const std::vector<given>& values) {
    if (values.size() > max_choices)
      from_.fault(values.front().place + "more than " + std::to_string(max_choices) + " values");
    if (is(field_kind::boolean))
      field_.choices = {{"true", {}}, {"false", {}}};
    else if (is(field_kind::choice) || is(field_kind::list))
      for (const auto& v : values) {
        const auto same = [&](const field_choice& c) { return c.value == v.text; };
        if (v.text.size() > max_word)
          from_.fault(v.place + "must have at most " + std::to_string(max_word) + " bytes" + found(v.text));
        else if (std::any_of(field_.choices.begin(), field_.choices.end(), same))
          from_.fault(v.place + in_quotes(v.text) + " stands there twice");
        else
          field_.choices.push_back({v.text, {}});
      }
  }

  void check_items() {
    if (is(field_kind::list) && property_.items == property_type::none)
      missing("items.type");
    if (!is(field_kind::list) && property_.items != property_type::none)
      fault("items.type", "is for lists; this is " + word());
  }

  void check_range() {
    const auto& p = property_;
    if ((p.minimum || p.maximum) && !is_number())
      fault(p.minimum ? "minimum" : "maximum", "is for numbers; this is " + word());
    if (p.minimum && p.maximum && *p.minimum > *p.maximum)
      fault("maximum", "must not be less than minimum");
    for (const auto& [key, limit] : {std::pair{"minimum", p.minimum}, {"maximum", p.maximum}})
      if (is(field_kind::integer) && limit && *limit != std::floor(*limit))
        fault(key, "must be a whole number, as the property's type says" + found(format_number(*limit)));
    field_.minimum = p.minimum;
    field_.maximum = p.maximum;
  }

  void check_lengths() {
    const auto& p = property_;
    if ((p.min_length || p.max_length) && !is(field_kind::text))
      fault(p.min_length ? "minLength" : "maxLength", "is for texts; this is " + word());
    if ((p.min_items || p.max_items) && !is(field_kind::list))
      fault(p.min_items ? "minItems" : "maxItems", "is for lists; this is " + word());
    const bool list = is(field_kind::list);
    if (list)
      field_.longest = usual_list_length;
    field_.shortest = (list ? p.min_items : p.min_length).value_or(0);
    field_.longest = (list ? p.max_items : p.max_length).value_or(field_.longest);
    if (field_.shortest > field_.longest)
      fault(list ? "minItems" : "minLength", "must not be more than " + std::to_string(field_.longest));
  }

  void read_texts() {
    for (auto [group, text] : {std::pair{"questions.", &field_.question}, {"hints.", &field_.hint}})
      if (const auto value = from_.take(step_ + group + field_.name, {}, false))
        if (!question_text().parse(value->text, *text))
          from_.fault(value->place + "must be " + question_text().rule());
  }

  void read_unit() {
    const auto value = from_.take(step_ + "units." + field_.name, {}, false);
    if (!value)
      return;
    const auto& units = known_units();
    if (std::find(units.begin(), units.end(), value->text) == units.end()) {
      const value::choice all{units};
      from_.fault(value->place + "must be " + all.rule() + found(value->text));
    } else if (!is_number()) {
      from_.fault(value->place + "is for numbers; this is " + word());
    }
    field_.unit = value->text;
  }

  void read_synonyms() {
    const auto key = step_ + "synonyms." + field_.name;
    std::map<std::string, std::string> meant;
    for (const auto& choice : field_.choices)
      meant[to_lower(choice.value)] = choice.value;
    for (auto& choice : field_.choices) {
      const auto words = from_.take_list(key + '.' + choice.value);
      if (words.size() > max_synonyms)
        from_.fault(words.front().place + "more than " + std::to_string(max_synonyms) + " synonyms");
      for (const auto& word : words)
        add_synonym(choice, word, meant);
    }
  }

  void add_synonym(field_choice& choice, const given& word, std::map<std::string, std::string>& meant) {
    if (word.text.size() > max_word) {
      from_.fault(word.place + "must have at most " + std::to_string(max_word) + " bytes" + found(word.text));
      return;
    }
    auto lower = to_lower(word.text);
    const auto [at, fresh] = meant.try_emplace(lower, choice.value);
    if (at->second != choice.value)
      from_.fault(word.place + in_quotes(word.text) + " also stands for " + in_quotes(at->second));
    if (fresh)
      choice.synonyms.push_back(std::move(lower));
  }

  source& from_;
  std::string step_;
  std::string at_;
  schema_property property_;
  agent_field field_;
};

ordered_json number_of(const agent_field& field, double value) {
  return field.kind == field_kind::integer ? ordered_json(static_cast<std::int64_t>(value)) : ordered_json(value);
}

ordered_json values_of(const agent_field& field) {
  auto out = ordered_json::array();
  for (const auto& choice : field.choices)
    out.push_back(choice.value);
  return out;
}

/// The property as the model and the validator see it.
ordered_json property_of(const agent_field& field) {
  constexpr const char* types[] = {"string", "number", "integer", "boolean", "string", "string", "array"};
  ordered_json out{{"type", types[static_cast<std::size_t>(field.kind)]}};
  if (const auto in_unit = field.unit.empty() ? std::string{} : "in " + field.unit;
      !field.description.empty() || !in_unit.empty())
    out["description"] = field.description.empty() ? in_unit
                         : in_unit.empty()         ? field.description
                                                   : field.description + " (" + in_unit + ')';
  if (field.minimum)
    out["minimum"] = number_of(field, *field.minimum);
  if (field.maximum)
    out["maximum"] = number_of(field, *field.maximum);
  if (field.kind == field_kind::choice)
    out["enum"] = values_of(field);
  if (field.kind == field_kind::date)
    out["format"] = "date";
  if (field.kind == field_kind::text) {
    if (field.shortest > 0)
      out["minLength"] = field.shortest;
    out["maxLength"] = field.longest;
  }
  if (field.kind == field_kind::list) {
    out["items"] = {{"type", "string"}};
    if (field.choices.empty())
      out["items"]["maxLength"] = agent_field{}.longest;
    else
      out["items"]["enum"] = values_of(field);
    if (field.shortest > 0)
      out["minItems"] = field.shortest;
    out["maxItems"] = field.longest;
    out["uniqueItems"] = true;
  }
  return out;
}

std::string schema_of(const agent_step& step) {
  auto properties = ordered_json::object();
  auto required = ordered_json::array();
  for (const auto& field : step.fields) {
    properties[field.name] = property_of(field);
    if (field.required)
      required.push_back(field.name);
  }
  return ordered_json{{"type", "object"},
                      {"properties", std::move(properties)},
                      {"required", std::move(required)},
                      {"additionalProperties", false}}
      .dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// Keys of the schema itself that have but one value here.
void check_frame(source& from, const std::string& schema) {
  for (const auto& [key, only] : {std::pair{"type", "object"}, {"additionalProperties", "false"}})
    if (const auto value = from.take(schema + key, {}, false); value && value->text != only)
      from.fault(value->place + "must be " + only + found(value->text));
}

std::set<std::string> read_required(source& from, const std::string& schema, const std::vector<std::string>& names) {
  const std::vector<std::string_view> known{names.begin(), names.end()};
  std::set<std::string> out;
  for (const auto& word : from.take_list(schema + "required"))
    if (std::find(names.begin(), names.end(), word.text) == names.end())
      from.fault(word.place + "there is no property " + in_quotes(word.text) + suggestion(word.text, known));
    else
      out.insert(word.text);
  return out;
}

} // namespace

void read_schema(source& from, const std::string& prefix, agent_step& step) {
  const auto schema = prefix + "schema.";
  check_frame(from, schema);
  const auto names = from.take_names(schema + "properties");
  const auto required = read_required(from, schema, names);
  if (names.size() > max_fields)
    from.fault(from.place_of(schema + "properties") + "more than " + std::to_string(max_fields) + " properties");
  for (const auto& name : names) {
    if (!is_field_name(name))
      from.fault(from.place_of(schema + "properties." + name)
                 + "a property's name must be small letters, digits and _, a letter first, at most 64");
    if (step.fields.size() < max_fields)
      step.fields.push_back(field_reader{from, prefix, name}.read(required.contains(name)));
  }
  if (!step.fields.empty())
    step.schema = schema_of(step);
}

} // namespace troupe::config
