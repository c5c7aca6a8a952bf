#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "config/secret.hpp"
#include "config/settings.hpp"
#include "net/key_set.hpp"

/// JSON Web Tokens (RFC 7519, RFC 8725): signed with a shared secret (HS256), or by an issuer of its own whose public
/// keys are known (RS256, ES256, EdDSA). Which of them is configured decides what is accepted, not a token's header.
namespace troupe::net::jwt {

using unix_seconds = std::chrono::sys_seconds;

/// Longest `sub`, `tenant`, `role`, `iss` and `aud`, in bytes.
inline constexpr std::size_t claim_limit = 256;

/// Longest token looked at, in bytes.
inline constexpr std::size_t token_limit = 8 << 10;

/// How far the issuer's clock may be off.
inline constexpr std::chrono::seconds leeway{30};

struct claims {
  std::string sub;    ///< the user, as `fault_of_user` lets it through
  std::string tenant; ///< the tenant; not empty
  std::string role;   ///< may be empty
  unix_seconds exp{};
  std::optional<unix_seconds> nbf;
  std::optional<unix_seconds> iat;
  std::string iss; ///< left out by `mint` when empty
  std::string aud; ///< the audience asked for when a token names several; as `iss`

  bool operator==(const claims&) const = default;
};

/// Why a token isn't accepted.
struct refusal {
  std::string reason;       ///< for a log, without anything of the token's own
  bool key_unknown = false; ///< the key it names isn't in the set: a newer set may have it
  bool genuine = false;     ///< its signature is right: whoever has it may be told the reason
};

/// Verifies a compact token. HS256 is accepted where settings hold a secret, the others where they name a key set.
/// `iss` and `aud` are checked where settings name them. Any thread.
/// @param keys the set that settings name, as it is known; null = not yet
std::variant<claims, refusal> verify(std::string_view token, const config::jwt_settings& settings, unix_seconds now,
                                     const key_set* keys = nullptr);

/// What is wrong with a user's id, as what follows its name; empty = nothing. Whatever goes through is a segment of a
/// path once it is percent-encoded.
std::string_view fault_of_user(std::string_view sub);

/// A token with these claims, signed with HS256. Throws `std::invalid_argument` for an empty secret or tenant, and for
/// a user that `fault_of_user` doesn't let through.
std::string mint(const claims& what, const config::secret& key);

} // namespace troupe::net::jwt
