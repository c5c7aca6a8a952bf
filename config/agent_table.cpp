#include "config/agent_table.hpp"

#include <algorithm>

namespace troupe::config {

namespace {

using namespace std::chrono_literals;
using value::duration;

constexpr std::string_view small_letters = "abcdefghijklmnopqrstuvwxyz";

bool is_name_of(std::string_view text, std::string_view marks) {
  return !text.empty() && text.size() <= max_word && small_letters.find(text.front()) != text.npos
         && std::all_of(text.begin(), text.end(), [&](char c) {
              return small_letters.find(c) != small_letters.npos || (c >= '0' && c <= '9')
                     || marks.find(c) != marks.npos;
            });
}

bool is_one_line(std::string_view text, std::size_t most) {
  return text.size() <= most
         && std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

value::text line_of(std::size_t most) {
  return {"one line of at most " + std::to_string(most) + " bytes",
          [most](std::string_view text) { return is_one_line(text, most); }};
}

value::text text_of(std::size_t most) {
  return {"a text of at most " + format_size(most), [most](std::string_view text) { return text.size() <= most; }};
}

/// A whole number that need not be given.
struct optional_integer : value::integer {
  std::string show(const auto& v) const {
    return v ? std::to_string(*v) : std::string{};
  }
};

constexpr const char* name_rule = "small letters, digits and _, a letter first, at most 64";

} // namespace

bool is_agent_name(std::string_view text) {
  return is_name_of(text, "_-");
}

bool is_field_name(std::string_view text) {
  return is_name_of(text, "_");
}

const value::text& question_text() {
  static const auto rule = text_of(1'024);
  return rule;
}

const std::vector<std::string_view>& known_units() {
  static const std::vector<std::string_view> units{"kg",   "lb",    "g",      "cm",    "m",    "km",      "min",   "h",
                                                   "days", "weeks", "months", "years", "kcal", "percent", "times", "l"};
  return units;
}

const std::vector<setting<agent_definition>>& agent_table() {
  using a = agent_definition;
  const value::text language{
      "a language tag such as en or pt-BR", [](std::string_view t) {
        return t.size() <= 35 && !t.empty() && std::all_of(t.begin(), t.end(), [](unsigned char c) {
                 return c == '-' || (c >= '0' && c <= '9') || ((c | 0x20U) >= 'a' && (c | 0x20U) <= 'z');
               });
      }};
  static const std::vector<setting<a>> table{
      declare<a>(
          "title", line_of(200), [](a & v) -> auto& { return v.title; }, "Name for people"),
      declare<a>(
          "description", text_of(1'024), [](a & v) -> auto& { return v.description; }, "What the agent is for"),
      declare<a>(
          "language", language, [](a & v) -> auto& { return v.language; },
          "Language of the talk; also tells how dates such as 03/04/1990 are read"),
      declare<a>(
          "persona", text_of(32'768), [](a & v) -> auto& { return v.persona; },
          "Who the agent is and how it talks: the model's system prompt"),
      declare<a>(
          "opening", text_of(4'096), [](a & v) -> auto& { return v.opening; },
          "Said first, before the user says anything"),
      declare<a>(
          "closing", text_of(4'096), [](a & v) -> auto& { return v.closing; }, "Said when the last step is complete"),
      declare<a>(
          "model.provider", line_of(max_word), [](a & v) -> auto& { return v.provider; },
          "Which of `llm.providers` is asked first; none = the chain's order"),
      declare<a>(
          "model.temperature", value::number{0, 2}, [](a & v) -> auto& { return v.temperature; },
          "Sampling temperature; none = the provider's"),
      declare<a>(
          "model.max_tokens", optional_integer{{1, 1'000'000}}, [](a & v) -> auto& { return v.max_tokens; },
          "Longest reply; none = the provider's"),
      declare<a>(
          "reply_timeout", duration{1s, 10min}, [](a & v) -> auto& { return v.reply_timeout; },
          "Of a whole reply: retries and other providers included"),
      declare<a>(
          "window", value::integer{1, 1'000}, [](a & v) -> auto& { return v.window; },
          "How many of the last messages the model is given; all are stored"),
      declare<a>(
          "time_to_live", duration{1min, 24h * 3'650}, [](a & v) -> auto& { return v.time_to_live; },
          "How long a conversation is kept after its last message"),
      declare<a>(
          "while_answering", value::choice{{"queue", "interrupt", "reject"}},
          [](a & v) -> auto& { return v.while_answering; },
          "What a message does that comes while another is answered: waits, breaks the answer off, is refused"),
      declare<a>(
          "queue_limit", value::integer{1, 100}, [](a & v) -> auto& { return v.queue_limit; },
          "How many messages may wait"),
      declare<a>(
          "when_broken", value::choice{{"restart", "keep"}}, [](a & v) -> auto& { return v.when_broken; },
          "What becomes of a reply whose stream breaks: it begins anew, or ends with what there is"),
  };
  return table;
}

const std::vector<setting<agent_step>>& step_table() {
  using s = agent_step;
  static const std::vector<setting<s>> table{
      declare<s>(
          "name", value::text{name_rule, is_field_name}, [](s & v) -> auto& { return v.name; },
          "The step's name, and its section of the profile; required"),
      declare<s>(
          "agent", value::text{name_rule, is_field_name}, [](s & v) -> auto& { return v.agent_type; },
          "The specialist who leads the step; none = the step's name"),
      declare<s>(
          "description", text_of(1'024), [](s & v) -> auto& { return v.description; },
          "What the specialist does, for people"),
      declare<s>(
          "persona", text_of(16'384), [](s & v) -> auto& { return v.persona; },
          "Follows the agent's persona in the system prompt"),
      declare<s>(
          "goal", text_of(4'096), [](s & v) -> auto& { return v.goal; }, "What the step must achieve; required"),
      declare<s>(
          "opening", text_of(4'096), [](s & v) -> auto& { return v.opening; }, "Said when the step begins"),
      declare<s>(
          "next", value::text{name_rule, is_field_name}, [](s & v) -> auto& { return v.next; },
          "The step that follows, or `end`; none = the next one of the file"),
  };
  return table;
}

const std::vector<setting<schema_property>>& property_table() {
  using p = schema_property;
  const value::choice types{{"", "string", "number", "integer", "boolean", "array"}};
  static const std::vector<setting<p>> table{
      {"type",
       "one of string, number, integer, boolean or array",
       "",
       "JSON type; required",
       {},
       false,
       [types](p& v, std::string_view text) { return types.parse(text, v.type); }},
      declare<p>(
          "description", text_of(1'024), [](p & v) -> auto& { return v.description; }, "What it means, for the model"),
      declare<p>(
          "format", value::text{"date", [](auto t) { return t == "date"; }}, [](p & v) -> auto& { return v.format; },
          "Of a string: `date` makes it a day such as 1990-03-04"),
      declare<p>(
          "minimum", value::number{-1e9, 1e9}, [](p & v) -> auto& { return v.minimum; }, "Least number"),
      declare<p>(
          "maximum", value::number{-1e9, 1e9}, [](p & v) -> auto& { return v.maximum; }, "Greatest number"),
      declare<p>(
          "minLength", optional_integer{{0, max_text_length}}, [](p & v) -> auto& { return v.min_length; },
          "Least characters of a text"),
      declare<p>(
          "maxLength", optional_integer{{1, max_text_length}}, [](p & v) -> auto& { return v.max_length; },
          "Most characters of a text; 500 if not given"),
      declare<p>(
          "minItems", optional_integer{{0, max_list_length}}, [](p & v) -> auto& { return v.min_items; },
          "Least elements of a list"),
      declare<p>(
          "maxItems", optional_integer{{1, max_list_length}}, [](p & v) -> auto& { return v.max_items; },
          "Most elements of a list; 16 if not given"),
      {"items.type",
       "string",
       "",
       "Type of a list's elements; required in a list",
       {},
       false,
       [](p& v, std::string_view text) {
         v.items = property_type::string;
         return text == "string";
       }},
  };
  return table;
}

} // namespace troupe::config
