#include "actors/api/auth.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "actors/api/responses.hpp"
#include "config/log.hpp"

namespace troupe::actors::api {

namespace http = net::http;

namespace {

/// The token of an `Authorization` header; empty when it is of another scheme.
std::string_view bearer_token(std::string_view header) {
  constexpr std::string_view scheme = "bearer ";
  if (header.size() <= scheme.size() || !std::equal(scheme.begin(), scheme.end(), header.begin(), [](char a, char b) {
        return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b);
      }))
    return {};
  return header.substr(scheme.size());
}

http::response unauthorized(const http::request& r) {
  auto result = http::problem(401, "A valid bearer token is needed.", r.id);
  result.headers.emplace_back("WWW-Authenticate", "Bearer");
  return result;
}

} // namespace

http::handler with_user(auth_services services, user_handler inner) {
  return [services = std::move(services), inner = std::move(inner)](const http::request& r, http::reply answer) {
    const auto now = services.time->now();
    auto checked = net::jwt::verify(bearer_token(r.get("Authorization")), *services.jwt,
                                    std::chrono::floor<std::chrono::seconds>(now));
    const auto* who = std::get_if<net::jwt::claims>(&checked);
    if (!who || r.count("Authorization") != 1) {
      config::log::debug(
          "token_refused", "a request without a valid token was refused",
          {{"reason", who ? "several headers" : std::get<std::string>(checked).c_str()}, {"correlation_id", r.id}});
      answer(unauthorized(r));
      return;
    }
    if (!services.tenants->find(who->tenant)) {
      answer(unauthorized(r));
      return;
    }
    if (const auto wait = services.requests->take(who->tenant + '\n' + who->sub, services.requests_per_minute,
                                                  services.time->monotonic())) {
      answer(retry_after(http::problem(429, "The limit of requests per minute is used up.", r.id), *wait));
      return;
    }
    inner(r, *who, std::move(answer));
  };
}

} // namespace troupe::actors::api
