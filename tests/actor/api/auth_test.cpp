#include <catch2/catch_test_macros.hpp>

#include "actors/api/auth.hpp"
#include "door_fixture.hpp"
#include "tests/support/fake_caller.hpp"
#include "tests/support/token_issuer.hpp"

using namespace std::chrono_literals;
using namespace troupe;

namespace {

struct fixture : testing::door_fixture {
  config::jwt_settings jwt;
  net::http::handler guarded;
  std::string seen;

  fixture() {
    jwt.secret = config::secret{"a secret of at least thirty-two bytes"};
    guard(2);
  }

  void guard(unsigned per_minute) {
    guarded =
        actors::api::with_user({std::make_shared<const actors::api::authenticator>(actors::api::authenticator::services{
                                    std::make_shared<const config::jwt_settings>(jwt), directory, time}),
                                std::make_shared<actors::api::rate_limiter>(), per_minute, time},
                               [this](const net::http::request&, const net::jwt::claims& who, net::http::reply answer) {
                                 seen = who.tenant + "/" + who.sub;
                                 answer({});
                               });
  }

  std::string token(const std::string& tenant = "acme", std::chrono::seconds life = 1h,
                    const std::string& secret = {}) const {
    net::jwt::claims what;
    what.sub = "ann";
    what.tenant = tenant;
    what.exp = std::chrono::floor<std::chrono::seconds>(time->now()) + life;
    return net::jwt::mint(what, secret.empty() ? jwt.secret : config::secret{secret});
  }

  unsigned status(const std::string& authorization) {
    net::http::request r;
    if (!authorization.empty())
      r.headers.emplace_back("Authorization", authorization);
    return ask(guarded, r).status;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a valid token lets its user through, whatever the scheme's case") {
  CHECK(status("Bearer " + token()) == 200);
  CHECK(seen == "acme/ann");
  CHECK(status("bearer " + token()) == 200);
}

TEST_CASE_METHOD(fixture, "a missing, foreign, expired or garbled token is refused") {
  CHECK(status("") == 401);
  CHECK(status("Bearer ") == 401);
  CHECK(status("Basic " + token()) == 401);
  CHECK(status("Bearer " + token("acme", -2min)) == 401);
  CHECK(status("Bearer " + token("acme", 1h, "somebody else's secret, as long as ours")) == 401);
  CHECK(status("Bearer x" + token()) == 401);
  CHECK(seen.empty());
}

TEST_CASE_METHOD(fixture, "what is wrong with a token is told to whom it was given") {
  const auto detail = [this](const std::string& of) {
    net::http::request r;
    r.headers = {{"Authorization", "Bearer " + of}};
    return ask(guarded, r).body;
  };
  CHECK(detail(token("acme", -2min)).find("A valid bearer token is needed: the token has expired.")
        != std::string::npos);
  CHECK(detail(token("acme", -2min, "somebody else's secret, as long as ours")).find("A valid bearer token is needed.")
        != std::string::npos);
}

TEST_CASE_METHOD(fixture, "a token of a tenant that isn't known is refused") {
  CHECK(status("Bearer " + token("gone")) == 401);
}

TEST_CASE_METHOD(fixture, "two Authorization headers are refused") {
  net::http::request r;
  r.headers = {{"Authorization", "Bearer " + token()}, {"Authorization", "Bearer " + token()}};
  CHECK(ask(guarded, r).status == 401);
}

TEST_CASE_METHOD(fixture, "a refused request says which scheme is wanted") {
  CHECK(header(ask(guarded, {}), "WWW-Authenticate") == "Bearer");
}

TEST_CASE_METHOD(fixture, "a user's requests are limited, with a hint when to come again") {
  CHECK(status("Bearer " + token()) == 200);
  CHECK(status("Bearer " + token()) == 200);
  net::http::request r;
  r.headers.emplace_back("Authorization", "Bearer " + token());
  const auto refused = ask(guarded, r);
  CHECK(refused.status == 429);
  CHECK(header(refused, "Retry-After") == "30");
  guard(0);
  for (int i = 0; i < 100; ++i)
    CHECK(status("Bearer " + token()) == 200);
}

namespace {

/// Users come from an issuer whose key set is fetched.
struct issuer_fixture : testing::door_fixture {
  testing::fake_peer peer;
  testing::token_issuer issuer = testing::token_issuer::ed25519();
  config::jwt_settings jwt;
  std::shared_ptr<const actors::api::authenticator> tokens;
  net::http::handler guarded;

  issuer_fixture() {
    jwt.jwks_url = "https://login.example.com/keys";
    net::jwt::key_cache_settings where;
    where.url = jwt.jwks_url;
    tokens = std::make_shared<const actors::api::authenticator>(actors::api::authenticator::services{
        std::make_shared<const config::jwt_settings>(jwt), directory, time,
        net::jwt::key_cache::make(peer.dialer(), where, [this] { return time->monotonic(); })});
    guarded =
        actors::api::with_user({tokens, std::make_shared<actors::api::rate_limiter>(), 0, time},
                               [](const net::http::request& r, const net::jwt::claims& who, net::http::reply answer) {
                                 net::http::response result;
                                 result.body = r.path + " for " + who.sub;
                                 answer(std::move(result));
                               });
  }

  std::string set(const std::string& kid) const {
    return R"({"keys":[)" + issuer.jwk(R"("kid":")" + kid + '"') + "]}";
  }

  std::string token(const std::string& kid) const {
    const auto until = std::chrono::floor<std::chrono::seconds>(time->now()) + 1h;
    return issuer.sign(R"({"alg":"EdDSA","kid":")" + kid + R"("})",
                       R"({"sub":"ann","tenant":"acme","exp":)" + std::to_string(until.time_since_epoch().count())
                           + "}");
  }

  /// Asks with a token; the answer comes when it comes.
  std::shared_ptr<std::optional<net::http::response>> begin(const net::http::request& r) const {
    auto got = std::make_shared<std::optional<net::http::response>>();
    guarded(r, net::http::reply{[got](net::http::response answer) { *got = std::move(answer); }});
    return got;
  }

  net::http::request request(const std::string& kid) const {
    net::http::request r;
    r.path = "/here";
    r.headers.emplace_back("Authorization", "Bearer " + token(kid));
    return r;
  }
};

} // namespace

TEST_CASE_METHOD(issuer_fixture, "a token with a key that isn't known yet waits for the key set") {
  const auto r = request("a");
  const auto got = begin(r);
  CHECK_FALSE(got->has_value());
  peer.answer(200, set("a"));
  REQUIRE(got->has_value());
  CHECK((*got)->status == 200);
  CHECK((*got)->body == "/here for ann");
  CHECK(begin(r)->value().status == 200);
  CHECK(peer.made == 1);
}

TEST_CASE_METHOD(issuer_fixture, "a key that isn't in the newest set is nobody's") {
  const auto r = request("made up");
  const auto got = begin(r);
  peer.answer(200, set("a"));
  CHECK(got->value().status == 401);
  CHECK(begin(r)->value().status == 401);
  CHECK(peer.made == 1);
}

TEST_CASE_METHOD(issuer_fixture, "while there are no keys at all tokens are put off, not refused") {
  const auto r = request("a");
  const auto got = begin(r);
  peer.answer(500, "down");
  REQUIRE(got->has_value());
  CHECK((*got)->status == 503);
  CHECK(header(**got, "Retry-After") == "5");
  CHECK(begin(r)->value().status == 503);
  CHECK(begin({})->value().status == 401);
  CHECK(tokens->keys()->keys == 0);
  time->advance(10s);
  tokens->refresh_keys();
  peer.answer(200, set("a"));
  CHECK(begin(r)->value().status == 200);
}

TEST_CASE_METHOD(issuer_fixture, "those that wait for keys when the engine ends are answered") {
  const auto r = request("a");
  const auto got = begin(r);
  tokens->close();
  CHECK(got->value().status == 503);
  CHECK(begin(r)->value().status == 503);
  CHECK(peer.made == 1);
}
