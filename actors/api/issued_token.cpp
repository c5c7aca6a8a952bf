#include "actors/api/issued_token.hpp"

#include <nlohmann/json.hpp>

#include "config/base64.hpp"
#include "config/values.hpp"
#include "net/digest.hpp"
#include "net/jwt.hpp"

namespace troupe::actors::api {

std::string issue_token(const config::jwt_settings& settings, const token_owner& whose, storage::timestamp now,
                        std::chrono::milliseconds ttl) {
  net::jwt::claims claims;
  claims.sub = whose.user;
  claims.tenant = whose.tenant;
  claims.role = whose.role;
  claims.iat = std::chrono::floor<std::chrono::seconds>(now);
  claims.exp = *claims.iat + std::chrono::ceil<std::chrono::seconds>(ttl);
  claims.iss = settings.issuer;
  claims.aud = settings.audience;
  return net::jwt::mint(claims, settings.secret);
}

std::string make_refresh_token() {
  return config::encode_base64url(net::bytes_of(net::sha256({config::random_hex(32)})));
}

bool is_refresh_token(std::string_view text) {
  const auto bytes = text.size() == 43 ? config::decode_base64url(text) : std::nullopt;
  return bytes.has_value();
}

storage::token_hash hash_of(std::string_view refresh_token) {
  return net::sha256({refresh_token});
}

std::string successor_of(std::string_view refresh_token, const config::secret& secret) {
  // A key of its own: the secret itself signs nothing but access tokens.
  const auto key = net::hmac_sha256(secret.reveal(), {"troupe: successors of refresh tokens"});
  return config::encode_base64url(net::bytes_of(net::hmac_sha256(net::bytes_of(key), {refresh_token})));
}

net::http::response token_response(const nlohmann::ordered_json& body) {
  net::http::response result;
  result.headers.emplace_back("Cache-Control", "no-store");
  result.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return result;
}

} // namespace troupe::actors::api
