#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actors/api/authenticator.hpp"
#include "actors/api/rate_limiter.hpp"
#include "actors/runtime/clock.hpp"
#include "net/http/router.hpp"

namespace troupe::actors::api {

/// A handler that knows who asks.
using user_handler = std::function<void(const net::http::request&, const net::jwt::claims&, net::http::reply)>;

struct auth_services {
  std::shared_ptr<const authenticator> tokens;
  std::shared_ptr<rate_limiter> requests; ///< by user
  unsigned requests_per_minute = 10;
  std::shared_ptr<const clock> time;
};

/// What a user's requests are counted by.
std::string user_key(std::string_view tenant, std::string_view user);

/// Makes of a refusal what a route's clients understand.
using refusal_style = std::function<net::http::response(net::http::response)>;

/// Lets requests with a valid token (`Authorization: Bearer`) of a known tenant through to `inner`, as many a minute as
/// a user may make. Others get 401 with `WWW-Authenticate`, or 429 or 503 with `Retry-After`.
/// @param style empty = problem+json
net::http::handler with_user(auth_services services, user_handler inner, refusal_style style = {});

/// The token of a request's one `Authorization: Bearer` header; empty when there is none, or more than one header.
std::string_view bearer_token(const net::http::request& r);

/// What a request without a good token is answered: 401, or 503 while there are no keys to tell. Who has a token that
/// was signed well is told what is wrong with it.
net::http::response refusal_response(const auth_refusal& why, std::string_view correlation_id);

} // namespace troupe::actors::api
