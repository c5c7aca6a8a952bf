#include "actors/api/auth.hpp"

#include <utility>

#include "actors/api/responses.hpp"
#include "config/log.hpp"
#include "net/http/text.hpp"

namespace troupe::actors::api {

namespace http = net::http;

namespace {

class guarded_route : public std::enable_shared_from_this<guarded_route> {
public:
  guarded_route(auth_services services, user_handler inner, refusal_style style)
      : services_{std::move(services)}, inner_{std::move(inner)}, style_{std::move(style)} {}

  void handle(const http::request& r, http::reply answer) const {
    // The request stays until it is answered.
    services_.tokens->authenticate(bearer_token(r), [self = shared_from_this(), &r, answer](const auth_outcome& who) {
      self->admit(r, who, answer);
    });
  }

private:
  void admit(const http::request& r, const auth_outcome& outcome, const http::reply& answer) const {
    const auto* who = std::get_if<net::jwt::claims>(&outcome);
    if (!who) {
      const auto& why = std::get<auth_refusal>(outcome);
      config::log::debug("token_refused", "a request without a valid token was refused",
                         {{"reason", why.reason}, {"correlation_id", r.id}});
      return refuse(refusal_response(why, r.id), answer);
    }
    if (const auto wait = services_.requests->take(user_key(who->tenant, who->sub), services_.requests_per_minute,
                                                   services_.time->monotonic()))
      return refuse(retry_after(http::problem(429, "The limit of requests per minute is used up.", r.id), *wait),
                    answer);
    inner_(r, *who, answer);
  }

  void refuse(http::response what, const http::reply& answer) const {
    answer(style_ ? style_(std::move(what)) : std::move(what));
  }

  auth_services services_;
  user_handler inner_;
  refusal_style style_;
};

} // namespace

std::string user_key(std::string_view tenant, std::string_view user) {
  return std::string{tenant}.append(1, '\n').append(user);
}

std::string_view bearer_token(const http::request& r) {
  constexpr std::string_view scheme = "bearer ";
  const auto header = r.get("Authorization");
  if (r.count("Authorization") != 1 || !http::equal_ignoring_case(header.substr(0, scheme.size()), scheme))
    return {};
  return header.substr(scheme.size());
}

http::response refusal_response(const auth_refusal& why, std::string_view correlation_id) {
  if (why.fault == auth_fault::keys_missing)
    return retry_after(http::problem(503, "Tokens can't be verified for now.", correlation_id),
                       std::chrono::seconds{5});
  auto result = http::problem(401, "A valid bearer token is needed" + (why.genuine ? ": " + why.reason : "") + ".",
                              correlation_id);
  result.headers.emplace_back("WWW-Authenticate", "Bearer");
  return result;
}

http::handler with_user(auth_services services, user_handler inner, refusal_style style) {
  return [route = std::make_shared<const guarded_route>(std::move(services), std::move(inner), std::move(style))](
             const http::request& r, http::reply answer) { route->handle(r, std::move(answer)); };
}

} // namespace troupe::actors::api
