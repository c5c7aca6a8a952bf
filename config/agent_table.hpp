#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/agent.hpp"
#include "config/schema.hpp"

/// The keys of an agent's file, declared once for reading it and for `docs/agents.md`.
namespace troupe::config {

enum class property_type : std::uint8_t { none, string, number, integer, boolean, array };

/// A property of a step's schema as it is written, before it is known to make sense.
struct schema_property {
  property_type type = property_type::none;
  std::string description;
  std::string format;
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::optional<std::size_t> min_length;
  std::optional<std::size_t> max_length;
  std::optional<std::size_t> min_items;
  std::optional<std::size_t> max_items;
  property_type items = property_type::none;
};

constexpr std::size_t max_steps = 20;
constexpr std::size_t max_fields = 64;         ///< of a step
constexpr std::size_t max_choices = 64;        ///< of a field
constexpr std::size_t max_synonyms = 64;       ///< of a choice
constexpr std::size_t max_word = 64;           ///< bytes of a name, a value, a synonym
constexpr std::size_t max_text_length = 4'000; ///< characters of a text that is extracted
constexpr std::size_t max_list_length = 64;

/// `steps[]` stands besides them.
const std::vector<setting<agent_definition>>& agent_table();

/// Those of one of `steps[]`; `complete_when`, `schema`, `questions`, `hints`, `synonyms` and `units` stand besides.
const std::vector<setting<agent_step>>& step_table();

/// Those of one of `schema.properties`; `enum` and `items.enum` stand besides.
const std::vector<setting<schema_property>>& property_table();

/// What a question or a hint must be.
const value::text& question_text();

/// The units that a number may be kept in.
const std::vector<std::string_view>& known_units();

/// Whether this may be the name of an agent, step or field: small letters, digits and `_`, a letter first; an agent's
/// may also hold `-`.
bool is_agent_name(std::string_view text);
bool is_field_name(std::string_view text);

} // namespace troupe::config
