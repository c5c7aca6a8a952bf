#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace troupe::net {

using digest256 = std::array<std::uint8_t, 32>;

/// SHA-256 of the parts, one behind the other. Any thread; throws `std::runtime_error` if OpenSSL has no memory.
digest256 sha256(std::initializer_list<std::string_view> parts);

/// HMAC-SHA256 of the parts, one behind the other. As `sha256`.
digest256 hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts);

/// Compares without telling by its time where the two differ.
bool same_digest(const digest256& a, const digest256& b) noexcept;

/// The digest's bytes as text.
std::string_view bytes_of(const digest256& digest) noexcept;

} // namespace troupe::net
