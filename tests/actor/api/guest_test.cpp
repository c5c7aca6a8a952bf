#include <catch2/catch_test_macros.hpp>

#include <nlohmann/json.hpp>

#include "actors/api/guest.hpp"
#include "door_fixture.hpp"
#include "net/jwt.hpp"

using namespace std::chrono_literals;
using namespace troupe;

namespace {

struct fixture : testing::door_fixture {
  config::settings settings;

  fixture() {
    settings.jwt.secret = config::secret{"a secret of at least thirty-two bytes"};
    settings.jwt.audience = "troupe";
    settings.auth.guest_tenant = "acme";
  }

  net::http::handler desk() const {
    const auto all = std::make_shared<const config::settings>(settings);
    const auto jwt = std::make_shared<const config::jwt_settings>(settings.jwt);
    const actors::api::authenticator::services known{jwt, directory, time};
    return actors::api::guest_tokens({all, directory, std::make_shared<const actors::api::authenticator>(known), time});
  }

  net::http::response asked(std::vector<net::http::header> headers) {
    net::http::request r;
    r.method = "POST";
    r.remote_address = "127.0.0.1";
    r.headers = std::move(headers);
    return ask(desk(), r);
  }

  unsigned status(std::vector<net::http::header> headers) {
    return asked(std::move(headers)).status;
  }

  unsigned status_for_own_page() {
    return status({{"Host", "localhost:8080"}, {"Sec-Fetch-Site", "same-origin"}});
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a page of this server gets a token for a guest of the tenant, valid for a day") {
  const auto got =
      asked({{"Host", "localhost:8080"}, {"Origin", "http://localhost:8080"}, {"Sec-Fetch-Site", "same-origin"}});
  REQUIRE(got.status == 200);
  CHECK(header(got, "Cache-Control") == "no-store");
  const auto body = nlohmann::json::parse(got.body);
  CHECK(body["expires_in"] == 86'400);
  CHECK(body["tenant"] == "acme");
  const auto now = std::chrono::floor<std::chrono::seconds>(time->now());
  const auto who = std::get<net::jwt::claims>(net::jwt::verify(body["token"].get<std::string>(), settings.jwt, now));
  CHECK(who.sub == body["user"]);
  CHECK(who.sub.starts_with("guest-"));
  CHECK(who.tenant == "acme");
  CHECK(who.role == "guest");
  CHECK(who.exp == now + 24h);
}

TEST_CASE_METHOD(fixture, "each guest is somebody else") {
  const std::vector<net::http::header> own{{"Host", "localhost"}, {"Sec-Fetch-Site", "same-origin"}};
  CHECK(nlohmann::json::parse(asked(own).body)["user"] != nlohmann::json::parse(asked(own).body)["user"]);
}

TEST_CASE_METHOD(fixture, "a guest who comes back with a valid token stays the same, anybody else becomes a new one") {
  const auto user = [&](const std::string& token) {
    const auto got =
        asked({{"Host", "localhost"}, {"Sec-Fetch-Site", "same-origin"}, {"Authorization", "Bearer " + token}});
    REQUIRE(got.status == 200);
    return nlohmann::json::parse(got.body)["user"].get<std::string>();
  };
  const auto first = nlohmann::json::parse(asked({{"Host", "localhost"}, {"Sec-Fetch-Site", "same-origin"}}).body);
  CHECK(user(first["token"]) == first["user"]);
  CHECK(user("nonsense") != first["user"]);
  time->advance(25h);
  CHECK(user(first["token"]) != first["user"]);
  net::jwt::claims ann;
  ann.sub = "ann";
  ann.tenant = "acme";
  ann.exp = std::chrono::floor<std::chrono::seconds>(time->now()) + 1h;
  ann.aud = "troupe";
  CHECK(user(net::jwt::mint(ann, settings.jwt.secret)).starts_with("guest-"));
}

TEST_CASE_METHOD(fixture, "either of a browser's headers is enough, if the other doesn't speak against it") {
  CHECK(status({{"Host", "127.0.0.1:80"}, {"Sec-Fetch-Site", "same-origin"}}) == 200);
  CHECK(status({{"Host", "[::1]:80"}, {"Origin", "https://[::1]:80"}}) == 200);
  CHECK(status({{"Host", "localhost"}, {"Origin", "http://localhost"}, {"Sec-Fetch-Site", "cross-site"}}) == 403);
  CHECK(status({{"Host", "localhost"}, {"Origin", "http://evil.example.com"}, {"Sec-Fetch-Site", "same-origin"}})
        == 403);
}

TEST_CASE_METHOD(fixture, "other pages and programs get no guest token") {
  CHECK(status({}) == 403);
  CHECK(status({{"Host", "localhost"}}) == 403);
  for (const auto* site : {"cross-site", "same-site", "none", ""})
    CHECK(status({{"Host", "localhost"}, {"Sec-Fetch-Site", site}}) == 403);
  for (const auto* origin :
       {"null", "http://evil.example.com", "http://localhost:81", "localhost", "http://localhost@evil"})
    CHECK(status({{"Host", "localhost"}, {"Origin", origin}}) == 403);
  CHECK(status({{"Host", "localhost"}, {"Origin", "http://localhost"}, {"Origin", "http://localhost"}}) == 403);
}

TEST_CASE_METHOD(fixture, "a foreign name that leads here is no page of this server") {
  CHECK(status({{"Host", "evil.example.com:8080"}, {"Origin", "http://evil.example.com:8080"}}) == 403);
  CHECK(status({{"Host", "localhost.evil.example.com"}, {"Origin", "http://localhost.evil.example.com"}}) == 403);
  CHECK(status({{"Host", "127.0.0.1.example.com"}, {"Origin", "http://127.0.0.1.example.com"}}) == 403);
  settings.auth.guest_remote = true;
  CHECK(status({{"Host", "demo.example.com"}, {"Origin", "https://demo.example.com"}}) == 200);
}

TEST_CASE_METHOD(fixture,
                 "guests are kept out unless a tenant is named, troupe signs tokens, and nobody else can ask") {
  settings.server.bind = "0.0.0.0";
  CHECK(status_for_own_page() == 404);
  settings.auth.guest_remote = true;
  CHECK(status_for_own_page() == 200);
  settings.auth.guest_tenant = "gone";
  CHECK(status_for_own_page() == 404);
  settings.auth.guest_tenant.clear();
  CHECK(status_for_own_page() == 404);
  settings.auth.guest_tenant = "acme";
  settings.jwt.secret = {};
  settings.jwt.jwks_url = "https://login.example.com/keys";
  CHECK(status_for_own_page() == 404);
}

TEST_CASE_METHOD(fixture, "an address gets 30 guest tokens a minute") {
  const auto handler = desk();
  net::http::request r;
  r.remote_address = "127.0.0.1";
  r.headers = {{"Host", "localhost"}, {"Sec-Fetch-Site", "same-origin"}};
  for (int i = 0; i < 30; ++i)
    CHECK(ask(handler, r).status == 200);
  const auto refused = ask(handler, r);
  CHECK(refused.status == 429);
  CHECK(header(refused, "Retry-After") == "2");
  r.remote_address = "127.0.0.2";
  CHECK(ask(handler, r).status == 200);
}
