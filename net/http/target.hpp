#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace troupe::net::http {

/// Percent-decodes a component. Empty result: a broken escape, a NUL, or invalid UTF-8.
/// @param plus_is_space as in a query
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// Text as a segment of a path, also if it is `.` or `..`, or as a value of a query.
std::string percent_encode(std::string_view text);

/// RFC 3986 `host [":" port]`, without user information.
bool is_authority(std::string_view value) noexcept;

/// Stands for an escaped slash in a decoded path, so that it doesn't separate segments. A path holds no other control
/// character.
inline constexpr char escaped_slash = '\x1f';

/// Takes apart and decodes a target in origin form (`/path?query`), or in absolute form (`http://host/path?query`), as
/// proxies send it, into `path` and raw `query`; whichever host it names is served. Refused are other forms, characters
/// that a URI can't hold, broken escapes, escaped control characters, invalid UTF-8, and `.` and `..` segments. Escaped
/// ones (`%2E%2E`) are names like any other: nothing is normalised.
/// @return what is wrong, as a sentence; empty when nothing is
std::string_view decode_target(std::string_view target, std::string& path, std::string& query);

/// Decoded value of the first parameter of that name in a raw query, or empty.
std::string query_value(std::string_view query, std::string_view name);

} // namespace troupe::net::http
