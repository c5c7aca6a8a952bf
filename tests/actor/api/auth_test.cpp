#include <catch2/catch_test_macros.hpp>

#include "actors/api/auth.hpp"
#include "door_fixture.hpp"

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
