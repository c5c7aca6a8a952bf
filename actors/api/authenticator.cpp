#include "actors/api/authenticator.hpp"

#include <utility>

namespace troupe::actors::api {

namespace {

auth_outcome check(const authenticator::services& with, std::string_view token) {
  auto result = net::jwt::verify(token, *with.jwt, std::chrono::floor<std::chrono::seconds>(with.time->now()));
  auto* who = std::get_if<net::jwt::claims>(&result);
  if (!who)
    return auth_refusal{auth_fault::invalid, std::move(std::get<std::string>(result))};
  if (!with.tenants->find(who->tenant))
    return auth_refusal{auth_fault::invalid, "the tenant isn't known"};
  return std::move(*who);
}

} // namespace

authenticator::authenticator(services with) : with_{std::make_shared<const services>(std::move(with))} {}

void authenticator::authenticate(std::string_view token, std::function<void(auth_outcome)> done) const {
  done(check(*with_, token));
}

} // namespace troupe::actors::api
