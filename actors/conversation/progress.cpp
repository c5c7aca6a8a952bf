#include "actors/conversation/progress.hpp"

#include <algorithm>

namespace troupe::actors::conversation {

namespace {

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_settled(const config::agent_field& field, std::string_view step, const profile& known) {
  const auto* found = known.find(step, field.name);
  return found && (!found->skipped() || !field.required);
}

std::string words(std::string_view name) {
  std::string out{name};
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

} // namespace

std::vector<const config::agent_field*> open_fields(const config::agent_step& step, const profile& known) {
  std::vector<const config::agent_field*> out;
  for (const auto& field : step.fields)
    if (!is_settled(field, step.name, known))
      out.push_back(&field);
  return out;
}

std::vector<const config::agent_field*> fields_to_ask(const config::agent_step& step, const profile& known) {
  auto out = open_fields(step, known);
  std::erase_if(out, [](const auto* field) { return field->question.empty() && !field->required; });
  return out;
}

bool is_complete(const config::agent_step& step, const profile& known) {
  return std::all_of(step.fields.begin(), step.fields.end(), [&](const auto& field) {
    const bool wanted = step.complete_when.empty() || contains(step.complete_when, field.name);
    return !wanted || is_settled(field, step.name, known);
  });
}

const config::agent_step* next_step(const config::agent_definition& agent, const config::agent_step& after,
                                    const std::vector<std::string>& completed) {
  const auto* next = config::find_step(agent, after.next);
  // A chain that leads back must not lead around for ever.
  for (std::size_t i = 0; next && i < agent.steps.size(); ++i) {
    if (next->name != after.name && !contains(completed, next->name))
      return next;
    next = config::find_step(agent, next->next);
  }
  return nullptr;
}

std::string label_of(const config::agent_field& field) {
  std::string_view name = field.name;
  if (!field.unit.empty() && name.size() > field.unit.size() + 1 && name.ends_with(field.unit)
      && name[name.size() - field.unit.size() - 1] == '_')
    name.remove_suffix(field.unit.size() + 1);
  return words(name);
}

std::string summary_of(const config::agent_definition& agent, const profile& known, std::string_view but) {
  std::string out;
  for (const auto& part : known.parts) {
    const auto* step = config::find_step(agent, part.step);
    std::string line;
    for (const auto& value : part.fields) {
      const auto* field = step ? config::find_field(*step, value.name) : nullptr;
      if (!field || value.skipped() || part.step == but)
        continue;
      line.append(line.empty() ? "" : "; ").append(label_of(*field)).append(" ").append(spoken(value.value));
      if (!field->unit.empty())
        line.append(" ").append(field->unit);
    }
    if (!line.empty())
      out.append(out.empty() ? "" : "\n").append(words(part.step)).append(": ").append(line);
  }
  return out;
}

progress progress_of(const conversation_state& s, const config::agent_definition& agent,
                     std::size_t steps_complete_before) {
  progress out;
  out.agent_type = agent.name;
  out.agent_description = agent.description;
  const auto* step = config::find_step(agent, s.step);
  if (step) {
    out.agent_type = step->agent_type;
    out.agent_description = step->description;
    out.current_step = static_cast<std::size_t>(step - agent.steps.data()) + 1;
  }
  out.step_complete = s.completed_steps.size() > steps_complete_before;
  if (s.turn || !s.waiting.empty())
    out.next_action = "wait";
  else if (s.completed)
    out.next_action = "done";
  else
    out.next_action = step && !fields_to_ask(*step, s.profile).empty() ? "answer" : "continue";
  out.context_summary = summary_of(agent, s.profile);
  return out;
}

std::optional<std::string> reply_to(const conversation_state& s, std::string_view message_id) {
  if (s.turn && s.turn->message.id == message_id)
    return std::nullopt;
  auto at = std::find_if(s.messages.begin(), s.messages.end(), [&](const auto& x) { return x.id == message_id; });
  if (at == s.messages.end())
    return std::nullopt;
  std::string out;
  for (++at; at != s.messages.end() && at->by == speaker::agent; ++at)
    out.append(out.empty() ? "" : "\n\n").append(at->text);
  return out;
}

} // namespace troupe::actors::conversation
