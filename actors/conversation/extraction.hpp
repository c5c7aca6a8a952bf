#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/conversation_core.hpp"

/// What a model says that it extracted, judged:
/// `{"values": {"<field>": value}, "confidence": {"<field>": 0..1}, "corrected": ["<field>"], "skipped": ["<field>"]}`.
namespace troupe::actors::conversation {

/// A model that doesn't say how sure it is.
constexpr double usual_confidence = 0.8;

struct extraction {
  std::vector<field_change> changes; ///< what is valid and new
  std::vector<std::string> faults;   ///< a line each, for the model: where, the rule, what was found
};

/// Fields are those of `step`, and by their names those of the steps before it. What the user set or corrected changes
/// only when the model says that the user corrected it again.
extraction judge_fields(std::string_view json, const profile& known, const config::agent_definition& agent,
                        const config::agent_step& step, const check_values& check);

/// JSON Schema of the above for a step: nothing of it is required, so that nothing is made up.
std::string extraction_schema(const config::agent_step& step);

} // namespace troupe::actors::conversation
