#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/agent.hpp"

namespace troupe::config {

/// Reads an agent's file; `docs/agents.md` says what may stand in it. Throws `invalid_configuration` with file, line
/// and reason of each fault.
/// @param name of the agent: the file's, without `.yaml`
/// @param text YAML of at most 256 KiB
/// @param origin file name for messages
/// @param providers that `model.provider` may name
agent_definition parse_agent(std::string_view name, std::string_view text, std::string_view origin,
                             const std::vector<std::string>& providers);

} // namespace troupe::config
