#include "actors/api/issued_token.hpp"

#include <nlohmann/json.hpp>

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

net::http::response token_response(const nlohmann::ordered_json& body) {
  net::http::response result;
  result.headers.emplace_back("Cache-Control", "no-store");
  result.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return result;
}

} // namespace troupe::actors::api
