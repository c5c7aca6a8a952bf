#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "config/secret.hpp"
#include "net/desk/connector.hpp"
#include "net/http/client.hpp"

namespace troupe::net::desk {

struct zoho_account {
  std::string url;    ///< `https://accounts.zoho.<data centre>`
  std::string ca_pem; ///< as for the desk
  std::string client_id;
  config::secret client_secret;
  config::secret refresh_token;
};

/// The access token of a Cloud desk: fetched when first needed, kept until a minute before it expires, fetched once for
/// all who ask meanwhile. Zoho allows about five fetches a minute, so a failed one is the answer for the next 15 s.
/// Any thread.
class zoho_token {
public:
  using steady_moment = std::chrono::steady_clock::time_point;
  using answer = std::variant<config::secret, desk_failure>;
  using receiver = std::function<void(answer)>;

  /// Throws `std::invalid_argument` for a malformed url or PEM.
  /// @param now a clock that never goes back
  zoho_token(const http::dialer& dial, const zoho_account& account, std::function<steady_moment()> now);
  /// Breaks off what is under way: all who wait are told before this returns.
  ~zoho_token();

  /// Gives the token, at once or on a network thread. Exactly once.
  void get(std::chrono::milliseconds timeout, receiver done);

  /// Forgets a token that the desk refused, unless a newer one is there by now.
  void drop(const config::secret& refused);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::net::desk
