#pragma once

#include "actors/cli/command.hpp"

namespace troupe::actors::cli {

/// Adds `tenant remove`.
void add_tenant_removal(CLI::App& group, invocation& call);

} // namespace troupe::actors::cli
