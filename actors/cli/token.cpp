#include "actors/api/issued_token.hpp"
#include "actors/cli/groups.hpp"
#include "actors/cli/opened.hpp"
#include "actors/cli/tenant_rules.hpp"
#include "config/load.hpp"
#include "config/values.hpp"
#include "net/jwt.hpp"

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>
#include <stdexcept>

namespace troupe::actors::cli {

namespace {

using namespace std::chrono_literals;

struct options {
  std::string tenant;
  std::string user;
  std::string role;
  std::string ttl = "24h";
  bool refresh = false;
};

/// Stores a refresh token that begins a family, and returns it.
std::string begin_refresh(storage::backend& database, const api::token_owner& owner, storage::timestamp expires_at) {
  auto token = api::make_refresh_token();
  database.open_writer()->put_refresh_token(
      {api::hash_of(token), config::random_hex(16), owner.tenant, owner.user, owner.role, expires_at});
  return token;
}

int mint(const invocation& call, const options& given) {
  const auto ttl = config::parse_duration(given.ttl);
  if (!ttl || *ttl < 1s || *ttl > 24h * 366)
    throw wrong_usage{"--ttl must be a duration from 1s to 366d, such as 24h; found " + config::in_quotes(given.ttl)};
  if (!is_tenant_id(given.tenant))
    throw wrong_usage{"--tenant " + tenant_id_rule + "; found " + config::in_quotes(given.tenant)};
  if (!net::jwt::fault_of_user(given.user).empty())
    throw wrong_usage{"--user must have 1 to 256 bytes without control characters; found "
                      + config::in_quotes(given.user)};
  if (given.role.size() > 64)
    throw wrong_usage{"--role must have at most 64 bytes; found " + std::to_string(given.role.size())};
  auto settings = read_settings(call);
  const auto database = open_database(settings);
  existing_tenant(*database->open_reader(), given.tenant);
  config::provide_jwt_secret(settings);
  if (settings.jwt.secret.empty())
    throw std::runtime_error{
        "tokens come from the issuer of auth.jwt.jwks_url; without auth.jwt.secret none is made here"};
  const api::token_owner owner{given.user, given.tenant, given.role};
  const auto from = now();
  const auto token = api::issue_token(settings.jwt, owner, from, *ttl);
  nlohmann::ordered_json out{{"token", token},
                             {"expires_at", shown(std::chrono::floor<std::chrono::seconds>(from) + *ttl)}};
  if (given.refresh) {
    const auto until = from + settings.auth.refresh_ttl;
    out["refresh_token"] = begin_refresh(*database, owner, until);
    out["refresh_expires_at"] = shown(until);
  }
  if (call.json)
    std::cout << out.dump() << '\n';
  else
    std::cout << token << '\n' << (given.refresh ? out["refresh_token"].get<std::string>() + '\n' : "");
  return 0;
}

} // namespace

void add_token(CLI::App& app, invocation& call) {
  auto* group = add_group(app, "token", "Make tokens for the API");
  auto given = std::make_shared<options>();
  auto* command = add_command(*group, "mint", "Sign a token (JWT, HS256) with the configured secret and print it",
                              "troupe token mint --tenant acme --user ann\n"
                              "curl -H \"Authorization: Bearer $(troupe token mint --tenant acme --user ann)\" …",
                              call);
  command->add_option("--tenant", given->tenant, "Tenant that the user belongs to")->required();
  command->add_option("--user", given->user, "User that the token speaks for")->required();
  command->add_option("--role", given->role, "Role of the user");
  command->add_option("--ttl", given->ttl, "How long the token is valid")->capture_default_str();
  command->add_flag("--refresh", given->refresh,
                    "Print a refresh token, too, on a line of its own: POST /api/v1/auth/refresh takes it");
  command->callback([&call, given] { call.run = [&call, given] { return mint(call, *given); }; });
}

} // namespace troupe::actors::cli
