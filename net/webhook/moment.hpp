#pragma once

#include <optional>
#include <string_view>

#include "net/webhook/signature.hpp"

namespace troupe::net::webhook {

/// Reads an RFC 3339 date and time such as `2026-01-02T03:04:05.678+01:00`; fractions of a second are dropped.
std::optional<unix_seconds> read_rfc3339(std::string_view text) noexcept;

/// Reads Unix seconds as a JSON number is written, up to the year 9999; a fraction is dropped, an exponent refused.
std::optional<unix_seconds> read_unix(std::string_view number) noexcept;

} // namespace troupe::net::webhook
