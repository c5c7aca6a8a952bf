#include <chrono>
#include <future>
#include <stop_token>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "certificate.hpp"
#include "net/http/stream.hpp"
#include "server_fixture.hpp"
#include "tls_peer.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::testing;

namespace {

/// Whether the client is known to be gone, or is within 10 s.
bool is_told(const std::stop_token& gone) {
  std::promise<void> told;
  auto heard = told.get_future();
  const std::stop_callback when{gone, [&told] { told.set_value(); }};
  return heard.wait_for(10s) == std::future_status::ready;
}

} // namespace

TEST_CASE("a handler that wants to know hears of a client that goes before it is answered") {
  server_fixture running;
  auto client = running.connect();
  REQUIRE(client.send(get("/watched")));
  const auto late = running.kept.take();
  REQUIRE(late);
  SECTION("with a reset") {
    client.reset();
  }
  SECTION("in good order") {
    client.close();
  }
  SECTION("by ending its direction") {
    client.half_close();
  }
  CHECK(is_told(running.gone));
  late({});
  auto next = running.connect();
  REQUIRE(next.send(get("/hello")));
  CHECK(next.response().body == "hello");
}

TEST_CASE("over TLS a client that goes is noticed as well") {
  const certificate identity{"DNS:localhost"};
  config::server_settings settings;
  settings.tls.certificate = identity.file;
  settings.tls.key = identity.key;
  server_fixture running{settings};
  auto client = tls_peer::client(running.connect());
  REQUIRE(client.send(get("/watched")));
  const auto late = running.kept.take();
  REQUIRE(late);
  SECTION("with a good-bye") {
    client.end();
  }
  SECTION("without") {
    client.under.close();
  }
  CHECK(is_told(running.gone));
}

TEST_CASE("who ends its direction only gets the answer all the same") {
  server_fixture running;
  auto client = running.connect();
  REQUIRE(client.send(get("/watched")));
  const auto late = running.kept.take();
  client.half_close();
  REQUIRE(is_told(running.gone));
  late({200, "text/plain", {}, "late"});
  CHECK(client.response().body == "late");
}

TEST_CASE("a client that waits is answered and goes on with its next request") {
  server_fixture running;
  auto client = running.connect();
  REQUIRE(client.send(get("/watched")));
  const auto late = running.kept.take();
  const bool early = GENERATE(true, false); // whether that comes before the answer
  if (early)
    REQUIRE(client.send(get("/hello")));
  late({200, "text/plain", {}, "late"});
  CHECK(client.response().body == "late");
  if (!early)
    REQUIRE(client.send(get("/hello")));
  CHECK(client.response().body == "hello");
  CHECK_FALSE(running.gone.stop_requested());
}

TEST_CASE("an answer that is written as it comes into being follows a watched request") {
  class saying final : public net::http::stream_listener {
    void on_open(const net::http::stream& s) override {
      s.send("late");
      s.end();
    }
    void on_closed(bool) override {}
  };
  server_fixture running;
  auto client = running.connect();
  REQUIRE(client.send(get("/watched")));
  running.kept.take()(net::http::make_stream({}, std::make_unique<saying>()));
  REQUIRE(client.send(get("/hello", "Connection: close\r\n")));
  const auto all = client.receive_all();
  CHECK(all.find("4\r\nlate\r\n0\r\n") != std::string::npos);
  CHECK(all.ends_with("hello"));
}

TEST_CASE("a server that stops tells handlers whose clients it lets go") {
  server_fixture running;
  auto client = running.connect();
  REQUIRE(client.send(get("/watched")));
  const auto late = running.kept.take();
  running.server.reset();
  CHECK(is_told(running.gone));
}
