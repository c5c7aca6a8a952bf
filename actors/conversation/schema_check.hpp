#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/agent.hpp"

/// Whether extracted values are what a step's schema allows. Pure; any thread.
namespace troupe::actors::conversation {

/// Of what is checked: larger or deeper is a fault.
constexpr std::size_t most_checked_bytes = 64 << 10;
constexpr unsigned most_checked_depth = 8;

struct schema_fault {
  std::string pointer; ///< JSON Pointer; empty = the whole
  std::string message; ///< the rule and what was found, for a model to read
};

enum class completeness : std::uint8_t {
  partial,  ///< what is missing is no fault
  complete, ///< all required fields must be there
};

/// What is wrong with `values`, `{"<field>": value}`; none = all is well.
std::vector<schema_fault> check_schema(const config::agent_step& step, std::string_view values, completeness how);

/// The faults of partial values, a line each: `/weight: must be a number from 30 to 300 (kg); found 500`.
std::vector<std::string> value_faults(const config::agent_step& step, std::string_view values);

} // namespace troupe::actors::conversation
