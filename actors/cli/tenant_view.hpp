#pragma once

#include <vector>

#include "actors/cli/command.hpp"
#include "storage/tenants.hpp"

/// How tenants are shown. Of secrets only that they are there.
namespace troupe::actors::cli {

void print_tenants(const invocation& call, const std::vector<storage::tenant>& all);
void print_tenant(const invocation& call, const storage::tenant& one);

/// @param made a secret that was made now and is shown this once; null = none
void print_change(const invocation& call, const storage::tenant& after, const char* action, const config::secret* made);

} // namespace troupe::actors::cli
