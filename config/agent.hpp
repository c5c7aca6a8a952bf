#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace troupe::config {

/// What an answer is. In JSON: text, choice and date (`1990-03-04`) are strings, list is an array of strings.
enum class field_kind : std::uint8_t { text, number, integer, boolean, choice, date, list };

/// A value that a field may have, and what else people say for it. Values of a boolean field are `true` and `false`.
struct field_choice {
  std::string value;                 ///< as it stands in the profile: `lose_weight`
  std::vector<std::string> synonyms; ///< lower case
};

/// Something to find out: one property of a step's schema, with what it takes to ask for it and to understand an answer
/// without a model.
struct agent_field {
  std::string name; ///< of the property; in the profile it is `/<step's name>/<name>`
  field_kind kind = field_kind::text;
  std::string description; ///< for the model
  std::string question;    ///< asked when there is no model; told to the model as what is open
  std::string hint;        ///< said when an answer wasn't understood: what a good one looks like; may be empty
  bool required = false;
  std::vector<field_choice> choices; ///< of a choice, or of a list's elements; none = any text
  std::optional<double> minimum;     ///< in `unit`
  std::optional<double> maximum;
  std::string unit;          ///< the profile's unit ("kg", "cm", "min", "h", "days", …); others are converted to it
  std::size_t shortest = 0;  ///< characters of a text, elements of a list
  std::size_t longest = 500; ///< likewise
};

/// A part of the talk, led by a specialist of its own.
struct agent_step {
  std::string name;        ///< `fitness_assessment`
  std::string agent_type;  ///< the specialist's name, as clients see it
  std::string description; ///< of the specialist, for people
  std::string persona;     ///< follows the agent's persona in the system prompt
  std::string goal;
  std::string opening;                    ///< said when the step begins; may be empty
  std::string schema;                     ///< JSON Schema (compact JSON) of what to extract; empty = nothing
  std::vector<agent_field> fields;        ///< the schema's properties, in the order to ask
  std::vector<std::string> complete_when; ///< fields that must be known; the required ones unless the file says others
  std::string next;                       ///< the step that follows; empty = none
};

/// A message that comes while another is being answered: waits, breaks the answer off, or is refused.
enum class busy_policy : std::uint8_t { queue, interrupt, reject };

/// A model's stream that breaks after its first token: the reply begins anew, or ends with what there is.
enum class broken_policy : std::uint8_t { restart, keep };

/// An agent, as its file defines it. Without steps it is plain talk.
struct agent_definition {
  std::string name;    ///< of the file, without `.yaml`
  std::string version; ///< digest of the file: recorded with each conversation
  std::string title;
  std::string description;
  std::string language = "en"; ///< tag such as `en` or `pt-BR`
  std::string persona;         ///< system prompt
  std::string opening;         ///< said first; may be empty
  std::string closing;         ///< said when the last step is complete; may be empty

  std::string provider; ///< asked first; empty = the chain's order
  std::optional<double> temperature;
  std::optional<unsigned> max_tokens;
  milliseconds reply_timeout{30'000}; ///< of a whole reply: retries, back-offs and other providers included

  std::size_t window = 20;                               ///< last messages that the model is given
  milliseconds time_to_live{std::chrono::hours{24 * 7}}; ///< since the last message
  busy_policy while_answering = busy_policy::queue;
  std::size_t queue_limit = 8; ///< messages that may wait
  broken_policy when_broken = broken_policy::restart;

  std::vector<agent_step> steps; ///< the first one is where the talk begins
};

/// The step or field of that name, or nothing.
const agent_step* find_step(const agent_definition& agent, std::string_view name);
const agent_field* find_field(const agent_step& step, std::string_view name);

} // namespace troupe::config
