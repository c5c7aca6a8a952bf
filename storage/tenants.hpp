#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/secret.hpp"
#include "storage/types.hpp"

namespace troupe::storage {

/// A client of the operator: owns tickets, jobs, keys and limits.
struct tenant {
  std::string id; ///< 1 to 64 of `a-z 0-9 - _`, first a letter or digit
  std::string name;
  std::string desk_kind = "local"; ///< local | servicedesk_plus
  std::string desk_url;
  config::secret desk_key;
  std::string desk_ca;      ///< PEM text of the desk's own authority; empty = the system's only
  std::string desk_options; ///< JSON object for the connector, such as {"portal_id":"2","cloud":true}
  std::vector<config::secret> signing_secrets; ///< newest first; at most two
  std::uint32_t webhooks_per_minute = 100;     ///< 0 = no limit
  bool paused = false;
  std::string budgets; ///< JSON object of what differs from `budgets` in the configuration, such as {"user.money":"2"}
  timestamp created_at;
  timestamp updated_at;
};

} // namespace troupe::storage
