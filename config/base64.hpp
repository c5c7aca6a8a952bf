#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace troupe::config {

/// RFC 4648 base64 with padding.
std::string encode_base64(std::string_view bytes);

/// RFC 4648 base64url without padding, as tokens use it.
std::string encode_base64url(std::string_view bytes);

/// The bytes of padded base64, or nothing when a character, the length or a spare bit is wrong.
std::optional<std::string> decode_base64(std::string_view text);

/// The bytes of base64url without padding, or nothing as above.
std::optional<std::string> decode_base64url(std::string_view text);

} // namespace troupe::config
