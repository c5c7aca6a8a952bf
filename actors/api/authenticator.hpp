#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "actors/runtime/clock.hpp"
#include "actors/tenancy/directory.hpp"
#include "config/settings.hpp"
#include "net/jwt.hpp"
#include "net/key_cache.hpp"

namespace troupe::actors::api {

/// Why nobody is known to be asking.
enum class auth_fault : std::uint8_t {
  /// The token is missing, forged, expired, of an unknown tenant or otherwise not good: 401.
  invalid,
  /// There are no keys to verify it with for now: 503.
  keys_missing,
};

struct auth_refusal {
  auth_fault fault = auth_fault::invalid;
  std::string reason;   ///< for logs
  bool genuine = false; ///< whoever has the token may be told the reason
};

/// Who asks, or why that isn't known.
using auth_outcome = std::variant<net::jwt::claims, auth_refusal>;

/// Tells whose token one is. The one place where tokens become users: routes, sessions and streams ask here. Any
/// thread.
class authenticator {
public:
  struct services {
    std::shared_ptr<const config::jwt_settings> jwt;
    std::shared_ptr<const tenant_directory> tenants;
    std::shared_ptr<const clock> time;
    std::shared_ptr<net::jwt::key_cache> keys = nullptr; ///< null = tokens are signed with the secret only
  };

  explicit authenticator(services with);

  /// Calls `done` exactly once: before it returns, unless keys must be fetched first; then later, on a network thread.
  void authenticate(std::string_view token, std::function<void(auth_outcome)> done) const;

  /// Fetches the key set when that is due. Call at start and every now and then.
  void refresh_keys() const;

  /// Answers those that wait for keys with what is known, and fetches no more.
  void close() const;

  /// How the key set stands; nothing when there is none to have.
  std::optional<net::jwt::key_cache::standing> keys() const;

private:
  /// What a token is checked with. Apart from the keys: those hold what waits for them.
  std::shared_ptr<const services> with_;
  std::shared_ptr<net::jwt::key_cache> keys_;
};

} // namespace troupe::actors::api
