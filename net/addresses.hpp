#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe::net {

/// The IPv4 and IPv6 addresses found in text, in canonical form (dotted quad; RFC 5952), without repeats, in order of
/// appearance, at most `limit`. Understands brackets, ports, CIDR suffixes, zones and `::ffff:` forms (given as IPv4).
/// Not taken: version numbers, times, dates, OIDs, MAC addresses, C++ scopes.
std::vector<std::string> find_addresses(std::string_view text, std::size_t limit = 32);

/// Canonical form of one address, or empty when it is none.
std::string canonical_address(std::string_view text);

} // namespace troupe::net
