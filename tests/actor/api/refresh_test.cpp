#include <catch2/catch_test_macros.hpp>

#include <nlohmann/json.hpp>

#include "actors/api/issued_token.hpp"
#include "actors/api/refresh.hpp"
#include "door_fixture.hpp"
#include "net/jwt.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using actors::api::hash_of;
using actors::api::successor_of;

namespace {

struct fixture : testing::door_fixture {
  config::settings settings;
  std::string first = actors::api::make_refresh_token();
  net::http::handler route;

  fixture() {
    settings.jwt.secret = config::secret{"a secret of at least thirty-two bytes"};
    settings.jwt.issuer = "us";
    store->open_writer()->add_tenant(acme);
    put(first);
    make();
  }

  void put(const std::string& token, const std::string& family = "family") {
    store->open_writer()->put_refresh_token(
        {hash_of(token), family, "acme", "ann", "operator", time->now() + settings.auth.refresh_ttl});
  }

  void make() {
    route = actors::api::refresh_route({std::make_shared<const config::settings>(settings), directory, journal, time});
  }

  net::http::response send(std::string body) {
    net::http::request r;
    r.method = "POST";
    r.id = "corr-1";
    r.remote_address = "192.0.2.1";
    r.body = std::move(body);
    return ask(route, r);
  }

  net::http::response present(const std::string& token) {
    return send(nlohmann::json{{"refresh_token", token}}.dump());
  }

  /// The successor that a token gets.
  std::string refreshed(const std::string& token) {
    const auto got = present(token);
    REQUIRE(got.status == 200);
    return nlohmann::json::parse(got.body)["refresh_token"];
  }

  std::vector<storage::audit_entry> reuses() {
    return store->open_reader()->list_audit({"acme", "refresh_token_reused"});
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a refresh token is exchanged for a token of its user and its own successor") {
  const auto got = present(first);
  REQUIRE(got.status == 200);
  CHECK(header(got, "Cache-Control") == "no-store");
  const auto body = nlohmann::json::parse(got.body);
  CHECK(body["token_type"] == "Bearer");
  CHECK(body["expires_in"] == 86'400);
  const auto now = std::chrono::floor<std::chrono::seconds>(time->now());
  const auto who = std::get<net::jwt::claims>(net::jwt::verify(body["token"].get<std::string>(), settings.jwt, now));
  CHECK(who.sub == "ann");
  CHECK(who.tenant == "acme");
  CHECK(who.role == "operator");
  CHECK(who.exp == now + 24h);
  const std::string successor = body["refresh_token"];
  CHECK(successor.size() == 43);
  CHECK(successor != first);
  CHECK(refreshed(successor) != successor);
}

TEST_CASE_METHOD(fixture, "a lost answer is given again for ten seconds, with the same successor") {
  const auto successor = refreshed(first);
  time->advance(9'999ms);
  CHECK(refreshed(first) == successor);
  CHECK(refreshed(successor) != successor);
  CHECK(reuses().empty());
}

TEST_CASE_METHOD(fixture, "a token that is used again later revokes all of its login, and no other") {
  const auto other = actors::api::make_refresh_token();
  put(other, "another family");
  const auto successor = refreshed(first);
  time->advance(10s);
  CHECK(present(first).status == 401);
  CHECK(present(successor).status == 401);
  CHECK(present(first).status == 401);
  CHECK(present(other).status == 200);
  REQUIRE(reuses().size() == 1);
  CHECK(reuses().front().actor == "user:ann");
  CHECK(reuses().front().object == "family");
  CHECK(reuses().front().correlation_id == "corr-1");
}

TEST_CASE_METHOD(fixture, "a token whose successor was used is no lost answer any more") {
  const auto successor = refreshed(first);
  const auto third = refreshed(successor);
  CHECK(present(first).status == 401);
  CHECK(present(third).status == 401);
}

TEST_CASE_METHOD(fixture, "a login that isn't used for its time ends, one that is used goes on") {
  auto token = first;
  for (int i = 0; i < 3; ++i) {
    time->advance(24h * 30 - 1s);
    token = refreshed(token);
  }
  time->advance(24h * 30);
  CHECK(present(token).status == 401);
}

TEST_CASE_METHOD(fixture, "unknown, expired and reused tokens are refused with one and the same answer") {
  const auto unknown = present(actors::api::make_refresh_token());
  const auto malformed = present("nonsense");
  refreshed(first);
  time->advance(10s);
  const auto reused = present(first);
  const auto late = actors::api::make_refresh_token();
  put(late);
  time->advance(24h * 31);
  const auto expired = present(late);
  CHECK(unknown.status == 401);
  CHECK(header(unknown, "WWW-Authenticate") == R"(Bearer error="invalid_token")");
  for (const auto* other : {&malformed, &reused, &expired}) {
    CHECK(other->status == unknown.status);
    CHECK(other->body == unknown.body);
    CHECK(other->headers == unknown.headers);
  }
}

TEST_CASE_METHOD(fixture, "a body without a token is refused by name") {
  const auto fault = [&](const std::string& body) {
    const auto got = send(body);
    CHECK(got.status == 400);
    return nlohmann::json::parse(got.body)["errors"][0];
  };
  CHECK(fault("{}")["pointer"] == "/refresh_token");
  CHECK(fault("{}")["message"] == "is missing");
  CHECK(fault(R"({"refresh_token":7})")["message"] == "must be a string");
  CHECK(fault("[]")["pointer"] == "");
  CHECK(fault("")["pointer"] == "");
}

TEST_CASE_METHOD(fixture, "where an issuer makes the tokens there is nothing to refresh") {
  settings.jwt.secret = {};
  settings.jwt.jwks_url = "https://login.example.com/keys";
  make();
  CHECK(present(first).status == 404);
}

TEST_CASE_METHOD(fixture, "a user of a removed tenant gets no new token") {
  directory->publish(std::make_shared<actors::tenant_table>(2, std::vector<storage::tenant>{}));
  CHECK(present(first).status == 401);
}

TEST_CASE_METHOD(fixture, "an address may refresh 60 times a minute") {
  for (int i = 0; i < 60; ++i)
    CHECK(present("nonsense").status == 401);
  const auto refused = present(first);
  CHECK(refused.status == 429);
  CHECK(header(refused, "Retry-After") == "1");
}

TEST_CASE_METHOD(fixture, "while storage is down a refresh is put off and uses nothing up") {
  journal->close();
  CHECK(present(first).status == 503);
}

TEST_CASE("a successor follows from the token and the secret, and from nothing else") {
  const config::secret one{"one"};
  CHECK(successor_of("a", one) == successor_of("a", one));
  CHECK(successor_of("a", one) != successor_of("b", one));
  CHECK(successor_of("a", one) != successor_of("a", config::secret{"two"}));
  CHECK(actors::api::make_refresh_token() != actors::api::make_refresh_token());
  CHECK(actors::api::is_refresh_token(successor_of("a", one)));
  CHECK_FALSE(actors::api::is_refresh_token("a"));
  CHECK_FALSE(actors::api::is_refresh_token(std::string(43, '.')));
}
