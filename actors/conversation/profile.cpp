#include "actors/conversation/profile.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace troupe::actors::conversation {

namespace {

constexpr std::array<std::string_view, 4> origins{"model", "answer", "correction", "user"};

profile::part& part_of(std::vector<profile::part>& parts, std::string_view step) {
  const auto at = std::find_if(parts.begin(), parts.end(), [&](const auto& part) { return part.step == step; });
  return at == parts.end() ? parts.emplace_back(profile::part{std::string{step}, {}}) : *at;
}

std::string spoken(const nlohmann::json& value) {
  if (value.is_string()) {
    auto text = value.get<std::string>();
    // Values of a choice are names.
    if (std::none_of(text.begin(), text.end(), [](char c) { return c == ' '; }))
      std::replace(text.begin(), text.end(), '_', ' ');
    return text;
  }
  if (value.is_boolean())
    return value.get<bool>() ? "yes" : "no";
  if (!value.is_array())
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string out;
  for (const auto& item : value)
    out.append(out.empty() ? "" : ", ").append(spoken(item));
  return out;
}

} // namespace

const known_field* profile::find(std::string_view step, std::string_view field) const {
  for (const auto& begun : parts)
    if (begun.step == step)
      for (const auto& known : begun.fields)
        if (known.name == field)
          return &known;
  return nullptr;
}

void profile::begin(std::string_view step) {
  if (!step.empty())
    part_of(parts, step);
}

void profile::apply(const field_change& change, std::string_view source) {
  auto& fields = part_of(parts, change.step).fields;
  const auto at = std::find_if(fields.begin(), fields.end(), [&](const auto& x) { return x.name == change.field; });
  if (change.value.empty() && !change.skipped) {
    if (at != fields.end())
      fields.erase(at);
    return;
  }
  known_field known{change.field, change.value, change.confidence, change.origin, std::string{source}};
  if (at != fields.end())
    *at = std::move(known);
  else
    fields.push_back(std::move(known));
}

void write_values(json_text& out, const profile& of) {
  out.begin_object();
  for (const auto& part : of.parts) {
    out.key(part.step);
    out.begin_object();
    for (const auto& known : part.fields) {
      out.key(known.name);
      out.raw(known.skipped() ? "null" : std::string_view{known.value});
    }
    out.end_object();
  }
  out.end_object();
}

void write_detail(json_text& out, double confidence, field_origin origin, std::string_view source, bool skipped) {
  out.begin_object();
  out.member("confidence", confidence);
  out.member("origin", name_of(origin));
  out.text_member("source", source);
  if (skipped)
    out.member("skipped", true);
  out.end_object();
}

void write_details(json_text& out, const profile& of) {
  out.begin_object();
  for (const auto& part : of.parts) {
    out.key(part.step);
    out.begin_object();
    for (const auto& known : part.fields) {
      out.key(known.name);
      write_detail(out, known.confidence, known.origin, known.source, known.skipped());
    }
    out.end_object();
  }
  out.end_object();
}

std::string_view name_of(field_origin origin) {
  return origins[static_cast<std::size_t>(origin)];
}

std::string spoken(std::string_view json) {
  const auto value = nlohmann::json::parse(json, nullptr, false);
  return value.is_discarded() ? std::string{json} : spoken(value);
}

} // namespace troupe::actors::conversation
