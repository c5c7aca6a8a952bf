// Key sets fetched over HTTP from servers that answer well, badly, slowly or not at all.

#include "net/key_cache.hpp"

#include <future>
#include <memory>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "net/io_threads.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/token_issuer.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using Catch::Matchers::ContainsSubstring;
using net::jwt::algorithm;
using net::jwt::key_cache;
using testing::respond;
using testing::scripted_server;
using testing::token_issuer;

namespace {

std::chrono::nanoseconds steady() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

/// An issuer whose server answers as `page` says.
struct fixture {
  net::io_threads io{1};
  token_issuer issuer = token_issuer::ed25519();
  testing::answer page = respond(200, set("old")); ///< changed only while nothing is fetched
  scripted_server server{[this](const testing::received&) { return page; }};
  net::jwt::key_cache_settings settings;
  std::shared_ptr<key_cache> cache;

  fixture() {
    settings.url = server.url() + "/keys";
    settings.pause = 0s;
  }

  std::string set(const std::string& kid) const {
    return R"({"keys":[)" + issuer.jwk(R"("kid":")" + kid + '"') + "]}";
  }

  /// The set after a fetch.
  key_cache::keys_ptr fetched() {
    if (!cache)
      cache = key_cache::make(net::http::dialer{io}, settings, steady);
    std::promise<key_cache::keys_ptr> told;
    REQUIRE(cache->renew([&told](key_cache::keys_ptr keys) { told.set_value(std::move(keys)); }));
    return told.get_future().get();
  }

  /// Why nothing came.
  std::string fault_of(testing::answer bad) {
    page = std::move(bad);
    CHECK(fetched() == nullptr);
    return cache->status().fault;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a set is fetched from its server, and anew after the server's keys were swapped") {
  settings.url += "?p=policy";
  CHECK(fetched()->find(algorithm::ed25519, "old"));
  page = respond(200, set("new"));
  const auto newer = fetched();
  CHECK(newer->find(algorithm::ed25519, "new"));
  CHECK_FALSE(newer->find(algorithm::ed25519, "old"));
  CHECK(server.requests().front().target == "/keys?p=policy");
}

TEST_CASE_METHOD(fixture, "what isn't a key set is refused, with the reason") {
  CHECK(fault_of(respond(500, "down")) == "HTTP 500");
  CHECK(fault_of(respond(404, set("old"))) == "HTTP 404");
  CHECK_THAT(fault_of(respond(200, "<html><body>Sign in</body></html>")), ContainsSubstring("no JSON Web Key Set"));
  CHECK_THAT(fault_of(respond(200, R"({"keys":[)")), ContainsSubstring("no JSON Web Key Set"));
  CHECK_FALSE(fault_of(respond(200, R"({"keys":[],"pad":")" + std::string(300 << 10, 'x') + R"("})")).empty());
  CHECK_FALSE(fault_of({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"keys\"", true}).empty());
  CHECK_FALSE(fault_of({"nonsense\r\n\r\n", true}).empty());
}

TEST_CASE_METHOD(fixture, "a redirect is never followed") {
  scripted_server elsewhere{[this](const testing::received&) { return respond(200, set("theirs")); }};
  for (const auto status : {301U, 302U, 303U, 307U, 308U})
    CHECK(fault_of(respond(status, "", "Location: " + elsewhere.url() + "/keys\r\n"))
          == "HTTP " + std::to_string(status) + ": redirects aren't followed");
  CHECK(elsewhere.requests().empty());
}

TEST_CASE_METHOD(fixture, "a server that is slow or gone leaves the keys that are known in use") {
  settings.timeout = 200ms;
  REQUIRE(fetched());
  page.silent = true;
  page.bytes.clear();
  CHECK(fetched()->find(algorithm::ed25519, "old"));
  CHECK_FALSE(cache->status().fault.empty());
  page.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";
  CHECK(fetched()->find(algorithm::ed25519, "old"));
  page = respond(200, set("new"));
  CHECK(fetched()->find(algorithm::ed25519, "new"));
  CHECK(cache->status().fault.empty());
}

TEST_CASE_METHOD(fixture, "a server that isn't there is told of") {
  std::string url;
  {
    scripted_server gone{[](const testing::received&) { return respond(200, ""); }};
    url = gone.url();
  }
  settings.url = url;
  CHECK(fetched() == nullptr);
  CHECK_FALSE(cache->status().fault.empty());
}

TEST_CASE_METHOD(fixture, "those that wait are told when the cache ends in the middle of a fetch") {
  page.silent = true;
  cache = key_cache::make(net::http::dialer{io}, settings, steady);
  std::promise<bool> told;
  REQUIRE(cache->renew([&told](const key_cache::keys_ptr& keys) { told.set_value(keys == nullptr); }));
  cache.reset();
  CHECK(told.get_future().get());
}
