#include "net/key_cache.hpp"

#include <optional>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/fake_caller.hpp"
#include "tests/support/token_issuer.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using net::jwt::algorithm;
using net::jwt::key_cache;
using net::jwt::key_cache_settings;
using testing::token_issuer;

namespace {

/// A cache of an issuer's keys on a clock that stands still.
struct fixture {
  testing::fake_peer peer;
  token_issuer issuer = token_issuer::ed25519();
  std::chrono::nanoseconds now = 1h;
  std::shared_ptr<key_cache> cache;
  std::string fetches; ///< how they went
  int told = 0;        ///< how many of those that waited have heard

  fixture() {
    make({});
  }

  void make(key_cache_settings settings) {
    settings.url = settings.url.empty() ? "https://login.example.com/keys" : settings.url;
    cache = key_cache::make(
        peer.dialer(), std::move(settings), [this] { return now; },
        [this](std::string_view outcome) { fetches.append(outcome).append(1, ' '); });
  }

  std::string set(const std::string& kid) const {
    return R"({"keys":[)" + issuer.jwk(R"("kid":")" + kid + '"') + "]}";
  }

  bool knows(const std::string& kid) const {
    const auto keys = cache->keys();
    return keys && keys->find(algorithm::ed25519, kid);
  }

  bool ask() {
    return cache->renew([this](const key_cache::keys_ptr&) { ++told; });
  }

  void have(const std::string& kid, std::vector<net::http::header> headers = {}) {
    cache->refresh_if_due();
    peer.answer(200, set(kid), std::move(headers));
    REQUIRE(knows(kid));
  }

  /// Whether a fetch begins at this moment because it is due.
  bool is_due() {
    const auto before = peer.made;
    cache->refresh_if_due();
    return peer.made > before;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "nothing is fetched before somebody asks, and then what the address says") {
  CHECK(peer.made == 0);
  CHECK(cache->keys() == nullptr);
  struct example {
    const char *url, *target;
  };
  for (const auto& [url, target] :
       {example{"https://a.example.com", "/"}, example{"https://a.example.com/", "/"},
        example{"https://a.example.com/keys/", "/keys/"}, example{"https://a.example.com/b/keys?p=1", "/b/keys?p=1"},
        example{"https://a.example.com?p=1", "?p=1"}}) {
    key_cache_settings settings;
    settings.url = url;
    make(std::move(settings));
    cache->refresh_if_due();
    CHECK(peer.calls.at(0).what.target == target);
    CHECK(peer.calls.at(0).what.timeout == 5s);
  }
}

TEST_CASE_METHOD(fixture, "after a rotation a token with the new key's name brings the new set") {
  have("old");
  now += 10s;
  CHECK(ask());
  CHECK(told == 0);
  peer.answer(200, set("new"));
  CHECK(told == 1);
  CHECK(knows("new"));
  CHECK_FALSE(knows("old"));
}

TEST_CASE_METHOD(fixture, "each fetch is counted by what it brought") {
  have("old");
  for (const auto& [status, kid] : {std::pair{200, "old"}, std::pair{200, "new"}, std::pair{500, "new"}}) {
    now += 24h;
    cache->refresh_if_due();
    peer.answer(static_cast<unsigned>(status), set(kid));
  }
  CHECK(fetches == "new same new failed ");
}

TEST_CASE_METHOD(fixture, "names that are made up cause one fetch in ten seconds") {
  have("old");
  now += 9'999ms;
  CHECK_FALSE(ask());
  CHECK(peer.made == 1);
  now += 1ms;
  CHECK(ask());
  peer.answer(200, set("old"));
  CHECK_FALSE(ask());
  CHECK(peer.made == 2);
  CHECK(told == 1);
}

TEST_CASE_METHOD(fixture, "all who ask while a set is fetched get the one that comes, but for too many") {
  key_cache_settings settings;
  settings.waiting = 3;
  make(std::move(settings));
  cache->refresh_if_due();
  CHECK((ask() && ask() && ask()));
  CHECK_FALSE(ask());
  CHECK(peer.made == 1);
  peer.answer(200, set("a"));
  CHECK(told == 3);
}

TEST_CASE_METHOD(fixture, "how long a set stays fresh is the issuer's to say, from 5 minutes to a day") {
  struct example {
    const char* cache_control;
    std::chrono::seconds life;
  };
  for (const auto& [cache_control, life] :
       {example{"", 15min}, example{"max-age=3600", 1h}, example{"public, MAX-AGE=3600 , must-revalidate", 1h},
        example{"max-age=1", 5min}, example{"no-store, max-age=3600", 5min}, example{"no-cache", 5min},
        example{"max-age=31536000", 24h}, example{"max-age=soon", 15min}, example{"max-age=-1", 15min},
        example{"max-age=4294967296", 24h}, example{"max-age=99999999999999999999", 15min}}) {
    INFO(cache_control);
    make({});
    have("a", {{"Cache-Control", cache_control}});
    now += life - 1ns;
    CHECK_FALSE(is_due());
    now += 1ns;
    CHECK(is_due());
  }
}

TEST_CASE_METHOD(fixture, "while an issuer is down its keys stay in use, up to two days after they came") {
  have("a");
  now += 15min;
  for (int i = 0; i < 3; ++i) {
    CHECK(is_due());
    peer.answer(500, "down");
    CHECK(cache->status().fault == "HTTP 500");
    CHECK(knows("a"));
    CHECK_FALSE(is_due());
    now += 10s;
  }
  now += 48h - 15min - 30s - 1ns;
  CHECK(knows("a"));
  CHECK(cache->status().keys == 1);
  now += 1ns;
  CHECK(cache->keys() == nullptr);
  CHECK(cache->status().keys == 0);
  CHECK(is_due());
  peer.answer(200, set("a"));
  CHECK(knows("a"));
  CHECK(cache->status().fault.empty());
}

TEST_CASE_METHOD(fixture, "a set without a key that can be used doesn't take the place of one that has some") {
  have("a");
  now += 15min;
  cache->refresh_if_due();
  peer.answer(200, R"({"keys":[{"kty":"oct","k":"AQAB"}]})");
  CHECK(knows("a"));
  CHECK(cache->status().fault
        == "the set holds no key that can be used: a private or symmetric key was published: it must be withdrawn");
  now += 10s;
  cache->refresh_if_due();
  peer.answer(200, R"({"keys":[]})");
  CHECK(knows("a"));
  CHECK(cache->status().fault == "the set holds no key that can be used");
}

TEST_CASE_METHOD(fixture, "those that wait hear also when the fetch fails, and when the cache ends") {
  CHECK(ask());
  peer.finish(net::http::call_failure{net::http::call_fault::unreachable, "connection refused"});
  CHECK(told == 1);
  CHECK(cache->status().fault == "connection refused");
  now += 10s;
  CHECK(ask());
  cache.reset();
  CHECK(told == 2);
}
