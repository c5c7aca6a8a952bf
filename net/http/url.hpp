#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::net::http {

/// An origin and where below it calls begin.
struct url {
  bool secure = false;
  std::string host; ///< name or address, an IPv6 address without brackets
  std::uint16_t port = 80;
  std::string base; ///< path without trailing slash; may be empty

  /// Value of the `Host` field.
  std::string authority() const;
};

/// Takes `http[s]://host[:port][/base]` apart. Throws `std::invalid_argument` that says what is wrong.
url parse_url(std::string_view text);

} // namespace troupe::net::http
