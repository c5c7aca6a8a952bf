#include "actors/conversation/extraction.hpp"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "actors/text/text.hpp"

namespace troupe::actors::conversation {

namespace {

using nlohmann::json;

/// More are no honest answer.
constexpr std::size_t most_faults = 16;
constexpr std::size_t longest_fault = 300;

struct place {
  const config::agent_step* step = nullptr;
  const config::agent_field* field = nullptr;
};

std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

class judge {
public:
  judge(const profile& known, const config::agent_definition& agent, const config::agent_step& step)
      : known_{known}, agent_{agent}, step_{step} {}

  extraction run(const json& root, const check_values& check) {
    const auto values = member(root, "values", json::object());
    for (const auto& [name, value] : values.items())
      if (const auto where = find(name); !where.field)
        fault("/values/" + name + ": there is no such field; the fields are " + names());
      else if (!value.is_null())
        values_[where.step][name] = value;
    corrected_ = list(root, "corrected");
    confidence_ = member(root, "confidence", json::object());
    for (const auto& [step, stated] : values_)
      take(*step, stated, check(*step, text_of(stated)));
    for (const auto& name : list(root, "skipped"))
      skip(name);
    return std::move(out_);
  }

  void fault(std::string what) {
    if (out_.faults.size() < most_faults)
      out_.faults.push_back(shorten(what, longest_fault));
  }

  extraction take() {
    return std::move(out_);
  }

private:
  json member(const json& root, const char* name, json missing) {
    const auto found = root.find(name);
    if (found == root.end() || found->is_null())
      return missing;
    if (found->type() == missing.type())
      return *found;
    fault(std::string{"/"} + name + ": must be an " + missing.type_name() + ", not " + found->type_name());
    return missing;
  }

  std::vector<std::string> list(const json& root, const char* name) {
    std::vector<std::string> out;
    for (const auto& item : member(root, name, json::array()))
      if (item.is_string())
        out.push_back(item.get<std::string>());
    return out;
  }

  place find(std::string_view name) const {
    if (const auto* field = config::find_field(step_, name))
      return {&step_, field};
    for (const auto& part : known_.parts)
      if (const auto* step = config::find_step(agent_, part.step))
        if (const auto* field = config::find_field(*step, name))
          return {step, field};
    return {};
  }

  std::string names() const {
    std::string out;
    for (const auto& field : step_.fields)
      out.append(out.empty() ? "" : ", ").append(field.name);
    return out;
  }

  void take(const config::agent_step& step, const json& values, const std::vector<std::string>& faults) {
    for (const auto& text : faults)
      fault("/values" + text);
    for (const auto& [name, value] : values.items()) {
      const auto pointer = "/" + name;
      const bool wrong = std::any_of(faults.begin(), faults.end(), [&](std::string_view text) {
        const auto end = text.find_first_of(":/", 1);
        return !text.starts_with('/') || text.substr(0, end) == pointer;
      });
      if (!wrong)
        change(step.name, name, value);
    }
  }

  void change(const std::string& step, const std::string& name, const json& value) {
    const auto text = text_of(value);
    const bool corrected = std::find(corrected_.begin(), corrected_.end(), name) != corrected_.end();
    const auto* known = known_.find(step, name);
    if (known && known->value == text)
      return;
    const bool users = known && (known->origin == field_origin::correction || known->origin == field_origin::user);
    if (users && !corrected)
      return;
    const auto sure = confidence_.find(name);
    const auto confidence =
        sure != confidence_.end() && sure->is_number() ? std::clamp(sure->get<double>(), 0.0, 1.0) : usual_confidence;
    out_.changes.push_back(
        {step, name, text, confidence, known && corrected ? field_origin::correction : field_origin::model, false});
  }

  void skip(const std::string& name) {
    const auto where = find(name);
    if (!where.field || where.field->required || known_.find(where.step->name, name))
      return;
    const auto& changes = out_.changes;
    if (std::none_of(changes.begin(), changes.end(),
                     [&](const auto& x) { return x.field == name && x.step == where.step->name; }))
      out_.changes.push_back({where.step->name, name, {}, 1, field_origin::model, true});
  }

  const profile& known_;
  const config::agent_definition& agent_;
  const config::agent_step& step_;
  std::map<const config::agent_step*, json> values_;
  std::vector<std::string> corrected_;
  json confidence_;
  extraction out_;
};

} // namespace

extraction judge_fields(std::string_view text, const profile& known, const config::agent_definition& agent,
                        const config::agent_step& step, const check_values& check) {
  judge judge{known, agent, step};
  if (trim(text).empty()) {
    judge.fault("the fields are missing");
    return judge.take();
  }
  const auto root = json::parse(text, nullptr, false);
  if (root.is_object())
    return judge.run(root, check);
  judge.fault(root.is_discarded() ? "what was given is not JSON" : "the whole must be a JSON object");
  return judge.take();
}

std::string extraction_schema(const config::agent_step& step) {
  auto values = json::parse(step.schema, nullptr, false);
  if (!values.is_object())
    values = {{"type", "object"}};
  values.erase("required");
  const json names{{"type", "array"}, {"items", {{"type", "string"}}}};
  const json schema{{"type", "object"},
                    {"properties",
                     {{"values", std::move(values)},
                      {"confidence", {{"type", "object"}, {"additionalProperties", {{"type", "number"}}}}},
                      {"corrected", names},
                      {"skipped", names}}},
                    {"required", json::array({"values"})}};
  return schema.dump();
}

} // namespace troupe::actors::conversation
