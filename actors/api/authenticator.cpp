#include "actors/api/authenticator.hpp"

#include <utility>

namespace troupe::actors::api {

namespace {

struct verdict {
  auth_outcome outcome;
  bool key_unknown = false;
};

verdict check(const authenticator::services& with, std::string_view token, const net::jwt::key_set* keys) {
  auto result = net::jwt::verify(token, *with.jwt, std::chrono::floor<std::chrono::seconds>(with.time->now()), keys);
  if (auto* why = std::get_if<net::jwt::refusal>(&result)) {
    const auto fault = why->key_unknown && !keys ? auth_fault::keys_missing : auth_fault::invalid;
    return {auth_refusal{fault, std::move(why->reason), why->genuine}, why->key_unknown};
  }
  auto& who = std::get<net::jwt::claims>(result);
  if (!with.tenants->find(who.tenant))
    return {auth_refusal{auth_fault::invalid, "the tenant isn't known"}};
  return {std::move(who)};
}

} // namespace

authenticator::authenticator(services with) : keys_{std::move(with.keys)} {
  with.keys = nullptr;
  with_ = std::make_shared<const services>(std::move(with));
}

void authenticator::authenticate(std::string_view token, std::function<void(auth_outcome)> done) const {
  const auto known = keys_ ? keys_->keys() : nullptr;
  auto first = check(*with_, token, known.get());
  if (first.key_unknown && keys_
      && keys_->renew([with = with_, token = std::string{token}, done](const net::jwt::key_cache::keys_ptr& newer) {
           done(check(*with, token, newer.get()).outcome);
         }))
    return;
  done(std::move(first.outcome));
}

void authenticator::refresh_keys() const {
  if (keys_)
    keys_->refresh_if_due();
}

void authenticator::close() const {
  if (keys_)
    keys_->close();
}

std::optional<net::jwt::key_cache::standing> authenticator::keys() const {
  if (!keys_)
    return std::nullopt;
  return keys_->status();
}

} // namespace troupe::actors::api
