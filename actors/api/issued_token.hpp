#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "config/settings.hpp"
#include "net/http/message.hpp"
#include "storage/refresh_tokens.hpp"
#include "storage/types.hpp"

/// Tokens that troupe issues itself.
namespace troupe::actors::api {

/// For whom a token speaks.
struct token_owner {
  std::string user;
  std::string tenant;
  std::string role; ///< may be empty
};

/// A token (JWT, HS256) valid from `now` for `ttl`, with issuer and audience as settings name them. Throws
/// `std::invalid_argument` for settings without a secret.
std::string issue_token(const config::jwt_settings& settings, const token_owner& whose, storage::timestamp now,
                        std::chrono::milliseconds ttl);

/// A refresh token: 256 random bits in base64url.
std::string make_refresh_token();

/// Whether text has the form of a refresh token.
bool is_refresh_token(std::string_view text);

/// What of a refresh token is stored.
storage::token_hash hash_of(std::string_view refresh_token);

/// The refresh token that takes the place of another one, always the same for the same two: so an answer that was lost
/// can be given again, though no token is stored. Who doesn't have the secret can't tell it.
std::string successor_of(std::string_view refresh_token, const config::secret& secret);

/// An answer with tokens in it, which nobody may keep.
net::http::response token_response(const nlohmann::ordered_json& body);

} // namespace troupe::actors::api
