#include "config/agent_file.hpp"

#include "config/agent_schema.hpp"
#include "config/agent_table.hpp"
#include "config/digest.hpp"
#include "config/load.hpp"
#include "config/source.hpp"

#include <algorithm>
#include <set>

namespace troupe::config {

namespace {

constexpr std::size_t max_file = 256 << 10;
constexpr std::string_view end_word = "end";

std::string step_key(std::size_t index) {
  return "steps." + std::to_string(index);
}

void missing(source& from, const std::string& section, const std::string& key) {
  from.fault(from.place_of(section) + key + " is missing");
}

/// What must be known before the step is left: what the file says, else what the schema requires. All of it can be
/// asked for.
void read_completion(source& from, const std::string& key, agent_step& step) {
  std::vector<std::string_view> known;
  for (const auto& field : step.fields)
    known.push_back(field.name);
  for (const auto& word : from.take_list(key + ".complete_when"))
    if (find_field(step, word.text) == nullptr)
      from.fault(word.place + "the schema has no property " + in_quotes(word.text) + suggestion(word.text, known));
    else if (std::count(step.complete_when.begin(), step.complete_when.end(), word.text) == 0)
      step.complete_when.push_back(word.text);
  if (step.complete_when.empty())
    for (const auto& field : step.fields)
      if (field.required)
        step.complete_when.push_back(field.name);
  for (const auto& name : step.complete_when)
    if (const auto* field = find_field(step, name); field != nullptr && field->question.empty())
      missing(from, key, "questions." + name);
}

agent_step read_step(source& from, std::size_t index) {
  const auto key = step_key(index);
  agent_step step;
  read_section(from, key + '.', step_table(), step);
  for (const auto* name : {"name", "goal"})
    if (!from.gives(key + '.' + name))
      missing(from, key, name);
  if (step.agent_type.empty())
    step.agent_type = step.name;
  read_schema(from, key + '.', step);
  read_completion(from, key, step);
  return step;
}

/// Puts the following step where none is named, and "" where the talk ends.
void link_steps(source& from, std::vector<agent_step>& steps) {
  std::vector<std::string_view> names;
  for (const auto& step : steps)
    names.push_back(step.name);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto& next = steps[i].next;
    if (next == end_word)
      next.clear();
    else if (next.empty())
      next = i + 1 < steps.size() ? steps[i + 1].name : std::string{};
    else if (std::find(names.begin(), names.end(), next) == names.end())
      from.fault(from.place_of(step_key(i) + ".next") + "no step is called " + in_quotes(next)
                 + suggestion(next, names));
  }
}

void check_names(source& from, const std::vector<agent_step>& steps) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& name = steps[i].name;
    if (name == end_word)
      from.fault(from.place_of(step_key(i) + ".name") + "\"end\" is kept for the end of the talk");
    else if (!name.empty() && !seen.insert(name).second)
      from.fault(from.place_of(step_key(i) + ".name") + "a second step is called " + in_quotes(name));
  }
}

/// Follows the steps from the first: none comes twice, none is left out.
void check_path(source& from, const agent_definition& agent) {
  std::set<std::string> seen;
  const auto* step = agent.steps.empty() ? nullptr : &agent.steps.front();
  while (step != nullptr && seen.insert(step->name).second) {
    const auto* following = find_step(agent, step->next);
    if (following != nullptr && seen.contains(following->name)) {
      const auto index = static_cast<std::size_t>(step - agent.steps.data());
      from.fault(from.place_of(step_key(index) + ".next") + "leads back to " + in_quotes(following->name)
                 + ": the talk would never end");
    }
    step = following;
  }
  for (std::size_t i = 0; i < agent.steps.size(); ++i)
    if (!seen.contains(agent.steps[i].name))
      from.fault(from.place_of(step_key(i)) + "no step leads to " + in_quotes(agent.steps[i].name));
}

void read_steps(source& from, agent_definition& agent) {
  const auto count = from.take_sections("steps");
  if (count > max_steps)
    from.fault(from.place_of("steps") + "more than " + std::to_string(max_steps) + " steps");
  for (std::size_t i = 0; i < std::min(count, max_steps); ++i)
    agent.steps.push_back(read_step(from, i));
  check_names(from, agent.steps);
  link_steps(from, agent.steps);
}

void check_provider(source& from, const agent_definition& agent, const std::vector<std::string>& providers) {
  const std::vector<std::string_view> known{providers.begin(), providers.end()};
  if (!agent.provider.empty() && std::find(known.begin(), known.end(), agent.provider) == known.end())
    from.fault(from.place_of("model.provider") + "no provider is called " + in_quotes(agent.provider)
               + suggestion(agent.provider, known));
}

} // namespace

const agent_step* find_step(const agent_definition& agent, std::string_view name) {
  const auto at = std::find_if(agent.steps.begin(), agent.steps.end(), [&](const auto& s) { return s.name == name; });
  return at == agent.steps.end() ? nullptr : &*at;
}

const agent_field* find_field(const agent_step& step, std::string_view name) {
  const auto at = std::find_if(step.fields.begin(), step.fields.end(), [&](const auto& f) { return f.name == name; });
  return at == step.fields.end() ? nullptr : &*at;
}

agent_definition parse_agent(std::string_view name, std::string_view text, std::string_view origin,
                             const std::vector<std::string>& providers) {
  static const environment none;
  std::vector<std::string> faults;
  if (text.size() > max_file)
    throw invalid_configuration{{std::string{origin} + ": is larger than " + format_size(max_file)}};
  agent_definition agent;
  agent.name = name;
  agent.version = short_digest(text);
  source from{std::string{origin}, read_document(text, origin, faults), none, faults};
  if (!faults.empty())
    throw invalid_configuration{std::move(faults)};
  if (!is_agent_name(name))
    from.fault(std::string{origin}
               + ": an agent's name, which is that of its file, must be small letters, digits, _ "
                 "and -, a letter first, at most 64");
  read_section(from, "", agent_table(), agent);
  if (!from.gives("persona"))
    from.fault(from.place_of("persona") + "is missing");
  read_steps(from, agent);
  check_provider(from, agent, providers);
  from.report_unknown([](std::string_view) { return std::string_view{}; });
  if (faults.empty()) // where names are wrong, the path says nothing
    check_path(from, agent);
  if (!faults.empty())
    throw invalid_configuration{std::move(faults)};
  return agent;
}

} // namespace troupe::config
