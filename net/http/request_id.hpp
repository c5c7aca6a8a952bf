#pragma once

#include <string>
#include <string_view>

namespace troupe::net::http {

/// Whether a correlation id from outside may be used: 1 to 128 characters of `[A-Za-z0-9._-]`.
bool is_request_id(std::string_view text) noexcept;

/// Writes a new correlation id, 75 random bits in 15 characters, into `id`. Any thread.
void make_request_id(std::string& id);

} // namespace troupe::net::http
