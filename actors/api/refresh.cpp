#include "actors/api/refresh.hpp"

#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "actors/api/issued_token.hpp"
#include "actors/api/rate_limiter.hpp"
#include "actors/api/responses.hpp"
#include "config/log.hpp"
#include "net/json/reader.hpp"

namespace troupe::actors::api {

namespace http = net::http;
namespace json = net::json;

namespace {

/// The token of a body, or what is wrong with it.
std::variant<std::string, http::field_error> token_of(std::string_view body) {
  json::reader in{body};
  std::optional<std::string> token;
  bool given = false;
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name)) {
      if (name == "refresh_token") {
        given = true;
        token = in.string_or_skip();
      } else {
        in.skip();
      }
    }
  if (!in.finish())
    return http::field_error{in.failure()->pointer, in.failure()->message};
  if (!token)
    return http::field_error{"/refresh_token", given ? "must be a string" : "is missing"};
  return std::move(*token);
}

http::response refused(std::string_view correlation_id) {
  auto result = http::problem(401, "The refresh token isn't valid.", correlation_id);
  result.headers.emplace_back("WWW-Authenticate", R"(Bearer error="invalid_token")");
  return result;
}

/// One refresh on its way through the journal writer.
struct rotation {
  refresh_services with;
  std::string presented;
  std::string correlation_id;
  http::reply answer;

  /// On the writer's thread.
  void run(storage::writer& db) const {
    const auto now = with.time->now();
    const auto successor = successor_of(presented, with.settings->jwt.secret);
    const auto result = db.rotate_refresh_token(hash_of(presented), hash_of(successor),
                                                now + with.settings->auth.refresh_ttl, now, refresh_grace);
    using enum storage::token_outcome;
    if (result.outcome == reused)
      report_reuse(db, result.token, now);
    const bool good = result.outcome == rotated || result.outcome == grace;
    // With another secret than a moment ago the same successor can't be made again.
    if (!good || result.token.hash != hash_of(successor) || !with.tenants->find(result.token.tenant))
      return answer(refused(correlation_id));
    const auto& auth = with.settings->auth;
    const auto& owner = result.token;
    answer(token_response(
        {{"token", issue_token(with.settings->jwt, {owner.user, owner.tenant, owner.role}, now, auth.token_ttl)},
         {"token_type", "Bearer"},
         {"expires_in", std::chrono::ceil<std::chrono::seconds>(auth.token_ttl).count()},
         {"refresh_token", successor}}));
  }

  /// Somebody has a token that was used before: thief or owner, nobody can tell.
  void report_reuse(storage::writer& db, const storage::refresh_token& what, storage::timestamp now) const {
    config::log::warn("refresh_token_reused", "a used refresh token came again; all of its login are revoked",
                      {{"tenant_id", what.tenant}, {"family", what.family}, {"correlation_id", correlation_id}});
    const storage::audit_entry entry{now,         "user:" + what.user, "refresh_token_reused", what.tenant,
                                     what.family, "revoked",           correlation_id};
    db.put_audit({&entry, 1});
  }
};

class refresh_desk {
public:
  explicit refresh_desk(refresh_services services) : services_{std::move(services)} {}

  void operator()(const http::request& r, const http::reply& answer) {
    if (services_.settings->jwt.secret.empty())
      return answer(http::problem(
          404, "This server issues no tokens: without auth.jwt.secret they come from an issuer of their own.", r.id));
    if (const auto wait = limiter_.take(r.remote_address, refreshes_per_minute, services_.time->monotonic()))
      return answer(retry_after(http::problem(429, "Too many refreshes were asked for.", r.id), *wait));
    auto token = token_of(r.body);
    if (const auto* fault = std::get_if<http::field_error>(&token))
      return answer(http::problem(400, "The body is not readable.", r.id, {*fault}));
    auto& presented = std::get<std::string>(token);
    if (!is_refresh_token(presented))
      return answer(refused(r.id));
    auto work = std::make_shared<const rotation>(rotation{services_, std::move(presented), r.id, answer});
    services_.journal->run([work](storage::writer& db) { work->run(db); },
                           [work](const storage::error& why) {
                             config::log::error("refresh_failed", "a token could not be refreshed",
                                                {{"error", why.what()}, {"correlation_id", work->correlation_id}});
                             work->answer(
                                 retry_after(http::problem(503, "Storage can't be used for now.", work->correlation_id),
                                             std::chrono::seconds{5}));
                           });
  }

private:
  refresh_services services_;
  rate_limiter limiter_;
};

} // namespace

net::http::handler refresh_route(refresh_services services) {
  return [desk = std::make_shared<refresh_desk>(std::move(services))](const http::request& r, http::reply answer) {
    (*desk)(r, answer);
  };
}

} // namespace troupe::actors::api
