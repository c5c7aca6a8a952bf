#pragma once

#include <string>
#include <string_view>

namespace troupe::config {

/// 12 hexadecimal digits of the text's SHA-256: the version of a definition.
std::string short_digest(std::string_view text);

} // namespace troupe::config
