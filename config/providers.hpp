#pragma once

#include "config/settings.hpp"
#include "config/source.hpp"

namespace troupe::config {

/// Reads `llm.*` and the variables of providers (`OPENAI_API_KEY`, `ANTHROPIC_API_KEY`, `LLM_MODEL`, …), and completes
/// them: a provider for the key of the environment, names, addresses, the chain with `extractive` at its end.
/// @param count how many providers file and environment name
void read_providers(source& from, std::size_t count, llm_settings& out, std::vector<std::string>& warnings);

} // namespace troupe::config
