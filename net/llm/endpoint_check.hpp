#pragma once

#include <cstdint>
#include <string>

#include "config/settings.hpp"
#include "net/http/client.hpp"

namespace troupe::net::llm {

enum class endpoint_fault : std::uint8_t {
  none,
  no_route,    ///< name not resolved, nobody there, no TLS
  wrong_key,   ///< refused, or missing
  wrong_model, ///< the provider has none of that name
  unwell,      ///< it answers with a failure of its own, or sends elsewhere
};

struct endpoint_finding {
  endpoint_fault fault = endpoint_fault::none;
  std::string detail; ///< of one line, with the address; nothing of the key
};

/// Looks at a provider's endpoint without spending a token: asks for its model, or for the list of its models where it
/// can't be asked for one. Blocks, for some 20 s at most. Throws `std::invalid_argument` for a malformed `base_url` or
/// an unreadable `ca_file`.
endpoint_finding check_endpoint(const http::dialer& dial, const config::provider_settings& settings);

} // namespace troupe::net::llm
