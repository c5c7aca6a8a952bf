#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/understanding.hpp"
#include "config/agent.hpp"

/// What a conversation leaves to others to judge. Pure functions; any thread.
namespace troupe::actors::conversation {

/// What a user's message says about a step's fields, without a model.
using understand_message =
    std::function<understanding(std::string_view message, const config::agent_step& step, const talk& so_far)>;

/// What is wrong with values of a step, `{"<field>": value}`, field by field: `/<field>: <rule and what was found>`.
/// Missing fields are no fault. None = all is well.
using check_values = std::function<std::vector<std::string>(const config::agent_step& step, std::string_view values)>;

} // namespace troupe::actors::conversation
