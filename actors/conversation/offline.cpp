#include "actors/conversation/offline.hpp"

#include <algorithm>

#include "actors/conversation/phrases.hpp"
#include "actors/conversation/progress.hpp"
#include "actors/text/json_text.hpp"
#include "actors/text/text.hpp"
#include "net/json/writer.hpp"

namespace troupe::actors::conversation {

namespace {

/// Times that an optional field is asked before the talk goes on without it.
constexpr std::uint32_t patience = 2;

void add(std::string& out, std::string_view text) {
  if (text.empty())
    return;
  if (!out.empty())
    out += out.ends_with('\n') ? "" : " ";
  out += text;
}

std::string question_of(const config::agent_field& field) {
  return field.question.empty() ? label_of(field) + "?" : field.question;
}

std::string number_text(double x) {
  json_text text;
  text.value(x);
  return text.take();
}

std::string choices_of(const config::agent_field& field) {
  std::string out;
  for (const auto& choice : field.choices)
    out.append(out.empty() ? "" : ", ").append(spoken(net::json::literal(choice.value)));
  return out;
}

std::string value_text(const config::agent_field& field, std::string_view json, const phrases& say) {
  if (field.kind == config::field_kind::boolean && (json == "true" || json == "false"))
    return std::string{json == "true" ? say.yes : say.no};
  auto out = spoken(json);
  if (!field.unit.empty())
    out.append(" ").append(field.unit);
  return out;
}

/// Why a value that was understood can't be taken.
std::string range_text(const config::agent_field& field, const phrases& say) {
  if (!field.choices.empty())
    return fill(say.one_of, "choices", choices_of(field));
  auto text = field.minimum && field.maximum ? say.between
              : field.minimum                ? say.at_least
              : field.maximum                ? say.at_most
                                             : say.not_valid;
  auto out = fill(text, "label", label_of(field));
  out = fill(out, "unit", field.unit.empty() ? "" : " " + field.unit);
  if (field.minimum)
    out = fill(out, "min", number_text(*field.minimum));
  return field.maximum ? fill(out, "max", number_text(*field.maximum)) : out;
}

/// The same question in other words: with its hint, then with what may be answered.
std::string asked_again(const config::agent_field& field, std::uint32_t time, const phrases& say) {
  std::string out;
  if (!say.unclear.empty())
    out = say.unclear[(time - 1) % say.unclear.size()];
  add(out, field.hint);
  if (time > 1 || field.hint.empty()) {
    if (!field.choices.empty() && field.kind != config::field_kind::boolean)
      add(out, fill(say.one_of, "choices", choices_of(field)));
    else if (field.minimum || field.maximum)
      add(out, range_text(field, say));
  }
  add(out, question_of(field));
  return out;
}

class composer {
public:
  composer(const conversation_state& s, const config::agent_definition& agent, const config::agent_step& step,
           const understand_message& understand, timestamp now)
      : s_{s}, agent_{agent}, step_{step}, understand_{understand}, now_{now}, say_{phrases_of(agent.language)},
        said_{s.turn->message.text}, known_{s.profile} {}

  composed run() {
    const auto wish = request_in(said_);
    if (wish == request::summary) {
      tell_summary();
      ask_next();
      return std::move(out_);
    }
    if (wish == request::skip) {
      skip();
      return std::move(out_);
    }
    const auto got = read(step_, s_.asked);
    take_values(step_, got.values);
    if (!got.misfits.empty() && tell_misfit(got.misfits.front()))
      return std::move(out_);
    if (out_.changes.empty())
      correct_earlier_step();
    if (!out_.changes.empty())
      ask_next();
    else if (got.declined)
      skip();
    else
      ask_again(got.question);
    return std::move(out_);
  }

private:
  understanding read(const config::agent_step& step, std::string_view expected) const {
    talk so_far;
    so_far.expected = expected;
    so_far.today = std::chrono::floor<std::chrono::days>(now_);
    so_far.language = agent_.language;
    for (const auto& part : known_.parts)
      if (part.step == step.name)
        for (const auto& known : part.fields)
          if (!known.skipped())
            so_far.known.push_back(known.name);
    if (s_.last_step == step.name)
      so_far.previous = s_.last_field;
    return understand_(said_, step, so_far);
  }

  void change(field_change what) {
    known_.apply(what, s_.turn->message.id);
    out_.changes.push_back(std::move(what));
  }

  void take_values(const config::agent_step& step, const std::vector<understood_value>& values) {
    bool answered = false;
    for (const auto& value : values) {
      const auto* field = config::find_field(step, value.field);
      if (!field)
        continue;
      if (value.correction)
        add(out_.text,
            fill(fill(say_.corrected, "label", label_of(*field)), "value", value_text(*field, value.value, say_)));
      answered = answered || !value.correction;
      change({step.name, value.field, value.value, value.confidence,
              value.correction ? field_origin::correction : field_origin::answer, false});
    }
    if (answered && !say_.thanks.empty())
      out_.text =
          std::string{say_.thanks[s_.taken.size() % say_.thanks.size()]} + (out_.text.empty() ? "" : " ") + out_.text;
  }

  void correct_earlier_step() {
    for (auto part = s_.profile.parts.rbegin(); part != s_.profile.parts.rend(); ++part) {
      const auto* step = part->step == step_.name ? nullptr : config::find_step(agent_, part->step);
      if (!step)
        continue;
      auto values = read(*step, {}).values;
      std::erase_if(values, [](const auto& value) { return !value.correction; });
      if (!values.empty())
        return take_values(*step, values);
    }
  }

  /// False = the misfit is of a field that the step doesn't have.
  bool tell_misfit(const misfit& what) {
    const auto* field = config::find_field(step_, what.field);
    if (!field)
      return false;
    const bool english = agent_.language.starts_with("en");
    add(out_.text, english && !what.message.empty() ? what.message : range_text(*field, say_));
    ask(*field);
    return true;
  }

  void ask(const config::agent_field& field) {
    add(out_.text, question_of(field));
    out_.asked = field.name;
  }

  /// The next open question, or what is said when there is none.
  void ask_next() {
    const auto open = fields_to_ask(step_, known_);
    if (!open.empty())
      return ask(*open.front());
    if (s_.completed)
      add(out_.text, say_.all_done);
    else if (out_.text.empty())
      out_.text = say_.part_done;
    if (out_.text.empty())
      out_.text = agent_.closing.empty() ? "\xE2\x9C\x93" : agent_.closing;
  }

  const config::agent_field* asked() const {
    return s_.asked.empty() ? nullptr : config::find_field(step_, s_.asked);
  }

  void leave_open(const config::agent_field& field, std::string_view words) {
    change({step_.name, field.name, {}, 1, field_origin::answer, true});
    out_.text = words;
    ask_next();
  }

  void skip() {
    const auto* field = asked();
    if (!field)
      return ask_next();
    if (!field->required)
      return leave_open(*field, say_.skipped);
    out_.text = fill(say_.needed, "label", label_of(*field));
    ask(*field);
  }

  void ask_again(bool question) {
    const auto* field = asked();
    if (question)
      out_.text = say_.cannot_answer;
    if (!field || question)
      return ask_next();
    if (!field->required && s_.times_asked >= patience)
      return leave_open(*field, say_.left_open);
    out_.text = asked_again(*field, std::max(1U, s_.times_asked), say_);
    out_.asked = field->name;
  }

  void tell_summary() {
    const auto summary = summary_of(agent_, known_);
    if (summary.empty()) {
      out_.text = say_.nothing_known;
      return;
    }
    out_.text = say_.summary;
    out_.text.append(out_.text.empty() ? "" : "\n").append(summary).append("\n\n");
  }

  const conversation_state& s_;
  const config::agent_definition& agent_;
  const config::agent_step& step_;
  const understand_message& understand_;
  timestamp now_;
  const phrases& say_;
  const std::string& said_;
  profile known_; ///< with what this message changes
  composed out_;
};

} // namespace

composed compose_reply(const conversation_state& s, const config::agent_definition& agent,
                       const config::agent_step* step, const understand_message& understand, timestamp now) {
  if (step)
    return composer{s, agent, *step, understand, now}.run();
  const auto& say = phrases_of(agent.language);
  return {std::string{say.no_model.empty() ? phrases_of("en").no_model : say.no_model}, {}, {}};
}

composed compose_opening(const config::agent_step& step, const profile& known, std::string_view before, bool asking) {
  composed out;
  const auto add_paragraph = [&](std::string_view text) {
    // An opening that asks already isn't asked twice.
    if (!text.empty() && out.text.find(text) == out.text.npos)
      out.text.append(out.text.empty() ? "" : "\n\n").append(text);
  };
  add_paragraph(before);
  add_paragraph(step.opening);
  const auto open = fields_to_ask(step, known);
  if (asking && !open.empty()) {
    out.asked = open.front()->name;
    add_paragraph(question_of(*open.front()));
  }
  return out;
}

std::string compose_closing(const config::agent_definition& agent, const profile& known) {
  const auto& say = phrases_of(agent.language);
  std::string out{agent.closing.empty() ? say.all_done : std::string_view{agent.closing}};
  if (const auto summary = summary_of(agent, known); !summary.empty()) {
    out.append(out.empty() ? "" : "\n\n").append(say.summary);
    out.append(say.summary.empty() ? "" : "\n").append(summary);
  }
  return out;
}

} // namespace troupe::actors::conversation
