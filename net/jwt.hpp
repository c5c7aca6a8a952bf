#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "config/secret.hpp"
#include "config/settings.hpp"

/// JSON Web Tokens signed with HS256 (RFC 7519, RFC 8725). No other algorithm is accepted, whatever a token's header
/// says.
namespace troupe::net::jwt {

using unix_seconds = std::chrono::sys_seconds;

/// Longest token looked at, in bytes.
inline constexpr std::size_t token_limit = 8 << 10;

/// How far the issuer's clock may be off.
inline constexpr std::chrono::seconds leeway{30};

struct claims {
  std::string sub;    ///< the user; not empty
  std::string tenant; ///< the tenant; not empty
  std::string role;   ///< may be empty
  unix_seconds exp{};
  std::optional<unix_seconds> nbf;
  std::optional<unix_seconds> iat;
  std::string iss; ///< left out by `mint` when empty
  std::string aud; ///< the audience asked for when a token names several; as `iss`

  bool operator==(const claims&) const = default;
};

/// Verifies a compact token. The alternative is the reason for a log; clients are told only that the token is invalid.
/// An empty secret verifies nothing. `iss` and `aud` are checked where settings name them. Any thread.
std::variant<claims, std::string> verify(std::string_view token, const config::jwt_settings& settings,
                                         unix_seconds now);

/// A token with these claims. Throws `std::invalid_argument` for an empty secret, user or tenant.
std::string mint(const claims& what, const config::secret& key);

} // namespace troupe::net::jwt
