#include "actors/conversation/transcript.hpp"

#include <algorithm>
#include <utility>

#include "actors/conversation/progress.hpp"
#include "actors/text/text.hpp"

namespace troupe::actors::conversation {

namespace {

/// Longest text of the agent's in which a question is looked for, from its end.
constexpr std::size_t looked_at = 2'000;

/// Where a word or several stand last, as whole words; npos = nowhere.
std::size_t find_last_word(std::string_view text, std::string_view word) {
  for (auto at = text.rfind(word); at != text.npos && !word.empty(); at = text.rfind(word, at - 1)) {
    const bool begins = at == 0 || !is_word_byte(text[at - 1]);
    const auto end = at + word.size();
    if (begins && (end == text.size() || !is_word_byte(text[end])))
      return at;
    if (at == 0)
      break;
  }
  return text.npos;
}

class folder {
public:
  folder(const config::agent_definition& agent, const conversation_settings& with, const context& world)
      : agent_{agent}, with_{with}, world_{world} {
    with_.models = false;
  }

  conversation_state run(const std::vector<transcript_line>& lines) {
    const bool opens = !lines.empty() && lines.front().by == speaker::agent;
    // Who speaks first was told nothing.
    const std::string silence;
    take(open{agent_.name, {}}, opens ? lines.front().text : silence);
    for (std::size_t i = opens ? 1 : 0; i + 1 < lines.size(); i += 2)
      take(say{"t" + std::to_string(i), lines[i].text, {}}, lines[i + 1].text);
    return std::move(s_);
  }

private:
  void take(command what, const std::string& answer) {
    auto decided = conversation_core::decide(s_, std::move(what), world_, with_);
    for (auto& event : decided.events) {
      put_words(event, answer);
      conversation_core::apply(s_, event, world_.now);
    }
  }

  /// The agent has said `answer`, not what it would have said by itself.
  void put_words(event& what, const std::string& answer) const {
    std::visit(
        [&](auto& e) {
          using type = std::decay_t<decltype(e)>;
          if constexpr (std::is_same_v<type, opened>) {
            e.text = answer;
            e.asked = answer.empty() ? "" : asked_in(answer, e.step, e.asked);
          } else if constexpr (std::is_same_v<type, reply_completed>) {
            e.text = answer;
            e.asked = asked_in(answer, s_.step, e.asked);
          } else if constexpr (std::is_same_v<type, handed_over>) {
            e.text.clear();
            e.asked = asked_in(answer, e.to, e.asked);
          } else if constexpr (std::is_same_v<type, completed>) {
            e.text.clear();
          }
        },
        what);
  }

  std::string asked_in(const std::string& answer, std::string_view step, const std::string& otherwise) const {
    const auto found = find_asked(answer, agent_);
    return found.step && found.step->name == step ? found.field->name : otherwise;
  }

  const config::agent_definition& agent_;
  conversation_settings with_;
  const context& world_;
  conversation_state s_;
};

class listener {
public:
  listener(const config::agent_definition& agent, const understand_message& understand, timestamp now)
      : agent_{agent}, understand_{understand}, today_{std::chrono::floor<std::chrono::days>(now)} {
    for (const auto& step : agent.steps)
      known_.begin(step.name);
  }

  profile run(const std::vector<transcript_line>& lines) {
    for (const auto& line : lines) {
      if (line.by == speaker::agent)
        asked_ = find_asked(line.text, agent_);
      else
        hear(line.text);
    }
    return std::move(known_);
  }

private:
  void hear(std::string_view said) {
    const auto asked = asked_.field ? asked_ : next_open();
    asked_ = {};
    std::vector<span> taken;
    if (asked.step)
      take(said, *asked.step, asked.field->name, taken);
    for (const auto& step : agent_.steps)
      if (&step != asked.step)
        take(said, step, {}, taken);
  }

  void take(std::string_view said, const config::agent_step& step, std::string_view expected,
            std::vector<span>& taken) {
    talk so_far;
    so_far.expected = expected;
    so_far.today = today_;
    so_far.language = agent_.language;
    for (const auto& field : step.fields)
      if (known_.find(step.name, field.name))
        so_far.known.push_back(field.name);
    if (last_.step == &step)
      so_far.previous = last_.field->name;
    for (const auto& value : understand_(said, step, so_far).values) {
      const auto* field = config::find_field(step, value.field);
      // The same words don't tell two things.
      const bool told = std::any_of(taken.begin(), taken.end(), [&](const span& other) {
        return value.from.begin < other.end && other.begin < value.from.end;
      });
      if (!field || told)
        continue;
      known_.apply({step.name, value.field, value.value, value.confidence,
                    value.correction ? field_origin::correction : field_origin::answer, false},
                   {});
      taken.push_back(value.from);
      last_ = {&step, field};
    }
  }

  /// What the user may be answering when the question isn't known. Free text would take anything.
  asked_field next_open() const {
    for (const auto& step : agent_.steps)
      for (const auto* field : open_fields(step, known_))
        if (field->required)
          return field->kind == config::field_kind::text ? asked_field{} : asked_field{&step, field};
    return {};
  }

  const config::agent_definition& agent_;
  const understand_message& understand_;
  std::chrono::sys_days today_;
  profile known_;
  asked_field asked_;
  asked_field last_;
};

} // namespace

std::vector<transcript_line> in_turns(std::vector<transcript_line> lines) {
  std::vector<transcript_line> out;
  for (auto& line : lines) {
    if (says_nothing(line.text))
      continue;
    if (!out.empty() && out.back().by == line.by)
      out.back().text.append("\n\n").append(line.text);
    else
      out.push_back(std::move(line));
  }
  return out;
}

conversation_state fold(const std::vector<transcript_line>& lines, const config::agent_definition& agent,
                        const conversation_settings& with, const context& world) {
  return folder{agent, with, world}.run(lines);
}

asked_field find_asked(std::string_view text, const config::agent_definition& agent) {
  if (text.size() > looked_at)
    text.remove_prefix(text.size() - looked_at);
  const auto small = lower(text);
  asked_field found;
  std::size_t at = 0;
  const auto consider = [&](std::size_t where, const auto& step, const auto& field) {
    if (where != text.npos && (!found.field || where > at)) {
      found = {&step, &field};
      at = where;
    }
  };
  for (const auto& step : agent.steps)
    for (const auto& field : step.fields)
      consider(field.question.empty() ? text.npos : text.rfind(field.question), step, field);
  if (found.field || text.find('?') == text.npos)
    return found;
  for (const auto& step : agent.steps)
    for (const auto& field : step.fields)
      consider(find_last_word(small, lower(label_of(field))), step, field);
  return found;
}

profile profile_of(const std::vector<transcript_line>& lines, const config::agent_definition& agent,
                   const understand_message& understand, timestamp now) {
  return listener{agent, understand, now}.run(lines);
}

} // namespace troupe::actors::conversation
