#pragma once

#include <chrono>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "config/settings.hpp"
#include "net/http/message.hpp"
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

/// An answer with tokens in it, which nobody may keep.
net::http::response token_response(const nlohmann::ordered_json& body);

} // namespace troupe::actors::api
