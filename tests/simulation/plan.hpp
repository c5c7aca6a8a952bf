#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/agent_store.hpp"
#include "config/settings.hpp"
#include "config/workflow.hpp"
#include "storage/tenants.hpp"
#include "tests/simulation/fault.hpp"

namespace troupe::simulation {

/// What a seed means before anything runs: how the world is made, and what goes wrong in it. The seed's other streams
/// (order of deliveries, latencies, the clients' doings) are drawn while it runs.
struct plan {
  std::uint64_t seed = 0;
  config::settings settings;
  config::ticket_workflow workflow;
  std::vector<storage::tenant> tenants;
  std::size_t deliveries = 0; ///< webhooks, duplicates apart
  std::size_t users = 0;      ///< who talk with agents
  /// Whom they are with, by name; empty = the engine runs without conversations.
  std::map<std::string, std::shared_ptr<const config::agent_definition>, std::less<>> agents;
  std::vector<nanoseconds> busy;  ///< moments around which clients and faults gather
  nanoseconds quiet_from{0};      ///< no fault begins later, and those armed are over
  unsigned most_actor_deaths = 0; ///< in any ten seconds, by the faults below
  std::vector<fault> faults;      ///< by time
  bool refuses_commits = false;   ///< by the faults
  bool gives_talks_up = false;    ///< a conversation may crash so often that it isn't started again by itself
};

plan make_plan(std::uint64_t seed);

/// Read once for all worlds.
std::shared_ptr<config::agent_store> shipped_agents();

/// A moment before `quiet_from` at which something interesting may be going on.
nanoseconds busy_moment(const plan& of, random_stream& chance);

/// The word that stands in all texts of a tenant and nowhere else.
std::string token_of(const storage::tenant& tenant);

} // namespace troupe::simulation
