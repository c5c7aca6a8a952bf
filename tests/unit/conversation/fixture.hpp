#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "actors/conversation/conversation_core.hpp"
#include "actors/conversation/progress.hpp"

namespace troupe::testing {

using namespace actors::conversation;
using namespace std::chrono_literals;
using actors::recorded;
using config::agent_definition;
using config::busy_policy;

inline constexpr std::string_view conversation_id = "01930f3e-8a00-7000-8000-0123456789ab";
inline constexpr timestamp start_time{std::chrono::milliseconds{1'760'000'000'000}};

inline config::agent_field field(std::string name, config::field_kind kind, std::string question, bool required) {
  config::agent_field out;
  out.name = std::move(name);
  out.kind = kind;
  out.question = std::move(question);
  out.required = required;
  return out;
}

/// Two specialists: a body's facts, then a goal.
inline agent_definition coach() {
  using config::field_kind;
  agent_definition out;
  out.name = "coach";
  out.version = "v1";
  out.persona = "You are a friendly coach.";
  out.opening = "Hi, I'm your coach.";
  out.closing = "That's it, let's go!";
  config::agent_step body;
  body.name = "body";
  body.agent_type = "assessor";
  body.description = "Learns about your body";
  body.goal = "Learn age and weight.";
  body.schema = R"({"type":"object","required":["age"],"properties":{"age":{"type":"integer"}}})";
  body.fields = {field("age", field_kind::integer, "How old are you?", true),
                 field("weight_kg", field_kind::number, "What do you weigh?", true),
                 field("injuries", field_kind::text, "Any injuries?", false)};
  body.fields[0].minimum = 15;
  body.fields[0].maximum = 100;
  body.fields[1].minimum = 30;
  body.fields[1].maximum = 300;
  body.fields[1].unit = "kg";
  body.fields[1].hint = "A number such as 80 kg will do.";
  body.complete_when = {"age", "weight_kg"};
  body.next = "goal";
  config::agent_step goal;
  goal.name = "goal";
  goal.agent_type = "planner";
  goal.description = "Finds your goal";
  goal.opening = "Now about your goal.";
  goal.fields = {field("target", field_kind::choice, "What do you want?", true)};
  goal.fields[0].choices = {{"lose_weight", {"slim", "lose"}}, {"build_muscle", {"muscle"}}};
  goal.complete_when = {"target"};
  out.steps = {body, goal};
  return out;
}

/// Plain talk.
inline agent_definition talker() {
  agent_definition out;
  out.name = "talker";
  out.version = "v1";
  out.persona = "You are kind.";
  out.opening = "Hello!";
  return out;
}

/// Values by kind and bounds; what a schema would say.
inline std::vector<std::string> check_by_kind(const config::agent_step& step, std::string_view text) {
  std::vector<std::string> out;
  const auto values = nlohmann::json::parse(text, nullptr, false);
  if (!values.is_object())
    return {"the values are no object"};
  for (const auto& [name, value] : values.items()) {
    const auto* known = config::find_field(step, name);
    const bool number = known->kind == config::field_kind::integer || known->kind == config::field_kind::number;
    if (number != value.is_number())
      out.push_back("/" + name + ": must be a " + (number ? "number" : "text") + ", not " + value.dump());
    else if (number && known->minimum && value.get<double>() < *known->minimum)
      out.push_back("/" + name + ": is too small");
    else if (number && known->maximum && value.get<double>() > *known->maximum)
      out.push_back("/" + name + ": is too large");
  }
  return out;
}

/// Understands numbers, choices, what follows a field's name, and that somebody would rather not say.
inline understanding understand_simply(std::string_view message, const config::agent_step& step, const talk& so_far) {
  understanding out;
  const std::string text{message};
  out.declined = text.find("rather not") != text.npos;
  out.question = text.ends_with('?');
  if (out.declined || out.question)
    return out;
  for (const auto& one : step.fields) {
    const bool known = std::find(so_far.known.begin(), so_far.known.end(), one.name) != so_far.known.end();
    const bool named = text.find(label_of(one)) != text.npos;
    if (known ? !named : one.name != so_far.expected)
      continue;
    const auto digit = text.find_first_of("0123456789");
    if (one.kind == config::field_kind::text && !known) {
      out.values.push_back({one.name, nlohmann::json(text).dump(), 0.5, {}, false});
    } else if (one.kind == config::field_kind::choice) {
      for (const auto& choice : one.choices)
        for (const auto& word : choice.synonyms)
          if (text.find(word) != text.npos)
            out.values.push_back({one.name, nlohmann::json(choice.value).dump(), 0.9, {}, known});
    } else if (digit != text.npos) {
      const auto number = std::stoi(text.substr(digit));
      if ((one.minimum && number < *one.minimum) || (one.maximum && number > *one.maximum))
        out.misfits.push_back({one.name, misfit_reason::out_of_range, "That can't be your " + label_of(one) + ".", {}});
      else
        out.values.push_back({one.name, std::to_string(number), 0.9, {}, known});
    }
  }
  return out;
}

struct said {
  speaker by;
  std::string text;

  bool operator==(const said&) const = default;
};

/// A conversation with its journal: runs commands, keeps what they led to.
class talk_bench {
public:
  explicit talk_bench(agent_definition with = coach(), bool models = true)
      : agent{std::make_shared<agent_definition>(std::move(with))} {
    settings.agent = [this](std::string_view name) -> std::shared_ptr<const agent_definition> {
      return agent && agent->name == name ? agent : nullptr;
    };
    settings.understand = understand_simply;
    settings.check = check_by_kind;
    settings.models = models;
    tell(open{agent->name, "ann"});
  }

  talk_bench(const talk_bench&) = delete;
  talk_bench& operator=(const talk_bench&) = delete;

  /// Decides, then journals and applies; the events go through their JSON text.
  conversation_core::decision tell(command what) {
    auto decided = conversation_core::decide(state, std::move(what), {now, chance, conversation_id}, settings);
    apply(decided.events);
    return decided;
  }

  void apply(const std::vector<event>& events) {
    for (const auto& what : events) {
      const auto stored = conversation_core::encode(what);
      auto back = conversation_core::decode(stored.type, stored.payload);
      conversation_core::apply(state, back, now);
      types.push_back(stored.type);
      journal.push_back({std::move(back), now});
    }
  }

  /// The state as a new owner reads it.
  conversation_state rebuilt() const {
    conversation_state out;
    for (const auto& past : journal)
      conversation_core::apply(out, past.event, past.at);
    return out;
  }

  // -- the usual course ----------------------------------------------------------------------------------------------

  conversation_core::decision user_says(std::string text, std::string client_id = {}) {
    if (client_id.empty())
      client_id = "c" + std::to_string(++said_);
    return tell(say{std::move(client_id), std::move(text), {}});
  }

  conversation_core::decision model_says(std::string text) {
    return tell(model_replied{state.turn ? state.turn->reply : "none", std::move(text), "stop", usage()});
  }

  conversation_core::decision model_fails(model_fault how = model_fault::unavailable, std::string text = {}) {
    return tell(model_failed{state.turn ? state.turn->reply : "none", how, "no provider answered", std::move(text)});
  }

  conversation_core::decision fields_come(std::optional<std::string> text) {
    return tell(
        fields_replied{state.turn ? state.turn->reply : "none", state.turn ? state.turn->round : 0, text, usage()});
  }

  conversation_core::decision new_owner() {
    return tell(wake{++epoch});
  }

  static model_usage usage() {
    return {"openai", "m", 10, 5, 0.001, 400ms};
  }

  /// What was said, in the order in which it stands.
  std::vector<said> talk_so_far() const {
    std::vector<said> out;
    for (const auto& one : state.messages)
      out.push_back({one.by, one.text});
    return out;
  }

  std::string last_words() const {
    return state.messages.empty() ? "" : state.messages.back().text;
  }

  std::string value(std::string_view step, std::string_view name) const {
    const auto* known = state.profile.find(step, name);
    return known ? known->value : "unknown";
  }

  std::shared_ptr<agent_definition> agent;
  conversation_settings settings;
  conversation_state state;
  timestamp now = start_time;
  double chance = 0.5;
  std::uint64_t epoch = 0;
  std::vector<std::string> types; ///< of all events so far
  std::vector<recorded<event>> journal;

private:
  int said_ = 0;
};

template <class Effect>
const Effect* find(const std::vector<effect>& effects) {
  for (const auto& one : effects)
    if (const auto* found = std::get_if<Effect>(&one))
      return found;
  return nullptr;
}

template <class Event>
const Event* find(const std::vector<event>& events) {
  for (const auto& one : events)
    if (const auto* found = std::get_if<Event>(&one))
      return found;
  return nullptr;
}

inline bool does_nothing(const conversation_core::decision& decided) {
  return decided.events.empty() && decided.effects.empty() && decided.early_effects.empty();
}

inline bool contains(std::string_view text, std::string_view what) {
  return text.find(what) != text.npos;
}

} // namespace troupe::testing
