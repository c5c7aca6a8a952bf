#pragma once

#include <string>

#include "config/agent.hpp"
#include "config/source.hpp"

namespace troupe::config {

/// Reads what a step extracts: `schema` with `questions`, `hints`, `synonyms` and `units`, into `step.fields` and
/// `step.schema`. Faults go to `from`.
/// @param prefix of the step's keys, such as `steps.0.`
void read_schema(source& from, const std::string& prefix, agent_step& step);

} // namespace troupe::config
