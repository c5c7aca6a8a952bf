#pragma once

#include <string>
#include <string_view>

namespace troupe::net::json {

/// Appends text as a JSON string with its quotation marks. Invalid UTF-8 becomes U+FFFD, so the result always parses.
void append_string(std::string& out, std::string_view text);

/// `text` as a JSON string.
std::string literal(std::string_view text);

} // namespace troupe::net::json
