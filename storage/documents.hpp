#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "storage/types.hpp"

namespace troupe::storage {

/// A solved ticket of the past.
struct past_ticket {
  std::string id;
  std::string subject;
  std::string description;
  std::string resolution;
  std::string resolved_at; ///< RFC 3339, or empty
};

struct article {
  std::string id;
  std::string title;
  std::string summary;
  std::string body;
  std::string url;
};

/// A machine or device of the inventory.
struct asset {
  std::vector<std::string> addresses; ///< canonical text: dotted IPv4, RFC 5952 IPv6
  std::string hostname;
  std::string role;
  std::string client;
  std::string location;
};

} // namespace troupe::storage
