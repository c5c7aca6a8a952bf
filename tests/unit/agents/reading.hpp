#pragma once

#include <string>
#include <vector>

#include "config/agent_file.hpp"
#include "config/load.hpp"

namespace troupe::testing {

/// An agent read from `a.yaml`, where the provider `ours` is known.
inline config::agent_definition read_agent(const std::string& text) {
  return config::parse_agent("a", text, "a.yaml", {"ours"});
}

/// What is said of a wrong file, one fault a line.
inline std::string faults_of(const std::string& text, const std::string& name = "a") {
  try {
    config::parse_agent(name, text, "a.yaml", {"ours"});
  } catch (const config::invalid_configuration& e) {
    return e.what();
  }
  return "no fault";
}

} // namespace troupe::testing
