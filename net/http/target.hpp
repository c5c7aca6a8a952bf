#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace troupe::net::http {

/// Percent-decodes a component. Empty result: a broken escape, a NUL, or invalid UTF-8.
/// @param plus_is_space as in a query
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// Text as a segment of a path or a value of a query.
std::string percent_encode(std::string_view text);

/// RFC 3986 `host [":" port]`, without user information.
bool is_authority(std::string_view value) noexcept;

/// Takes apart and decodes a target in origin form (`/path?query`), or in absolute form (`http://host/path?query`), as
/// proxies send it, into `path` and raw `query`; whichever host it names is served. Refused are other forms, characters
/// that a URI can't hold, broken escapes, escaped slashes, backslashes and control characters, invalid UTF-8, and `.`
/// and `..` segments however written.
/// @return what is wrong, as a sentence; empty when nothing is
std::string_view decode_target(std::string_view target, std::string& path, std::string& query);

/// Decoded value of the first parameter of that name in a raw query, or empty.
std::string query_value(std::string_view query, std::string_view name);

} // namespace troupe::net::http
