#pragma once

#include <string_view>

namespace troupe::net::http {

/// The reason phrase of a status, or of its class for one without a name.
std::string_view reason_phrase(unsigned status) noexcept;

} // namespace troupe::net::http
