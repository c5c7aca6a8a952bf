#include <chrono>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "server_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::testing;

namespace {

config::server_settings narrow() {
  config::server_settings result;
  result.header_limit = 1'000;
  result.body_limit = 5'000;
  return result;
}

} // namespace

TEST_CASE("a request beyond a limit is refused with its status, and the client sees it") {
  server_fixture running{narrow()};
  auto [request, status] = GENERATE(table<std::string, unsigned>({
      {get("/" + std::string(2'000, 'a')), 414},
      {get("/hello", "A: " + std::string(2'000, 'a') + "\r\n"), 431},
      {get("/hello", "A: " + std::string(1'000'000, 'a') + "\r\n"), 431},
      {post("/echo", std::string(5'001, 'a')), 413},
      {post("/echo", std::string(900'000, 'a')), 413},
      {"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1389\r\n" + std::string(5'001, 'a'), 413},
  }));
  auto client = running.connect();
  // More than fits is still being sent when the answer comes: it must not be lost to a reset.
  std::thread sender{[&] { client.send(request); }};
  auto answer = client.response();
  CHECK(answer.status == status);
  CHECK(answer.field("Connection") == "close");
  sender.join();
  CHECK(client.at_end());
}

TEST_CASE("what is just within the limits is served") {
  server_fixture running{narrow()};
  auto client = running.connect();
  REQUIRE(client.send(get("/hello", "A: " + std::string(800, 'a') + "\r\n")));
  CHECK(client.response().status == 200);
  REQUIRE(client.send(post("/echo", std::string(5'000, 'a'))));
  CHECK(client.response().body.size() == 5'000);
}

TEST_CASE("a request that comes too slowly is answered with 408") {
  server_fixture running{impatient()};
  auto [sent, limit] = GENERATE(table<std::string, std::string>({
      {"G", "header"},
      {"GET /hello HTTP/1.1\r\nHost: x\r\n", "header"},
      {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel", "body"},
      {"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "body"},
  }));
  auto client = running.connect();
  REQUIRE(client.send(sent));
  auto answer = client.response();
  CHECK(answer.status == 408);
  CHECK(answer.field("Connection") == "close");
  CHECK(answer.field("X-Request-Id").size() == 15);
  CHECK(client.at_end());
  CHECK(running.metric("troupe_http_timeouts_total{limit=\"" + limit + "\"}") == 1);
}

TEST_CASE("a client gains no time by sending on and on") {
  auto settings = impatient();
  settings.header_limit = 1 << 30;
  server_fixture running{settings};
  auto client = running.connect();
  REQUIRE(client.send("GET /hello HTTP/1.1\r\nA: "));
  while (!client.has_answer())
    REQUIRE(client.send("a"));
  CHECK(client.response().status == 408);
}

TEST_CASE("a connection on which nothing happens is closed without a word") {
  server_fixture running{impatient()};
  auto used = GENERATE(false, true);
  auto client = running.connect();
  if (used) {
    REQUIRE(client.send(get("/hello")));
    CHECK(client.response().status == 200);
  }
  CHECK(client.receive_all().empty());
  CHECK(running.metric("troupe_http_timeouts_total{limit=\"idle\"}") == 1);
}

TEST_CASE("a handler takes the time that it needs") {
  server_fixture running{impatient()};
  auto client = running.connect();
  auto other = running.connect();
  REQUIRE(client.send(get("/kept")));
  auto reply = running.kept.take();
  CHECK(other.receive_all().empty()); // that one's time was up meanwhile
  reply({200, "text/plain", {}, "late"});
  CHECK(client.response().body == "late");
}

TEST_CASE("a client that doesn't read its answer is cut off") {
  server_fixture running{impatient()};
  auto client = running.connect(4'096);
  REQUIRE(client.send(get("/large")));
  for (int i = 0; i < 3; ++i)
    CHECK(running.connect().at_end()); // each of them has waited for as long as the limit is
  CHECK(running.metric("troupe_http_timeouts_total{limit=\"send\"}") == 1);
  CHECK(client.receive_all().size() < 8 << 20);
}

TEST_CASE("a large answer reaches a client that reads slowly") {
  server_fixture running;
  auto client = running.connect(4'096);
  REQUIRE(client.send(get("/large") + get("/hello")));
  auto answer = client.response();
  CHECK(answer.body.size() == 8 << 20);
  CHECK(client.response().body == "hello");
}

TEST_CASE("a connection beyond the limit is told so and closed, and the others go on") {
  config::server_settings settings;
  settings.max_connections = 2;
  server_fixture running{settings};
  auto first = running.connect();
  auto second = running.connect();
  for (auto* client : {&first, &second}) {
    REQUIRE(client->send(get("/hello")));
    REQUIRE(client->response().status == 200);
  }
  auto third = running.connect();
  auto answer = third.response();
  CHECK(answer.status == 503);
  CHECK(answer.field("Retry-After") == "1");
  CHECK(third.at_end());
  CHECK(running.metric("troupe_http_connections_refused_total") == 1);
  CHECK(running.metric("troupe_http_connections_open") == 2);

  REQUIRE(first.send(get("/hello", "Connection: close\r\n")));
  CHECK(first.response().status == 200);
  CHECK(first.at_end());
  auto fourth = running.connect();
  REQUIRE(fourth.send(get("/hello")));
  CHECK(fourth.response().status == 200);
}

TEST_CASE("a client that goes away in the middle of anything harms nobody") {
  server_fixture running;
  auto sent = GENERATE(as<std::string>{}, "", "GET /he", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nh",
                       get("/hello"), get("/large"), get("/kept"));
  auto hard = GENERATE(false, true);
  {
    auto client = running.connect();
    REQUIRE(client.send(sent));
    if (hard)
      client.reset();
  }
  if (sent == get("/kept"))
    running.kept.take()({200, "text/plain", {}, "to nobody"});
  auto other = running.connect();
  REQUIRE(other.send(get("/hello")));
  CHECK(other.response().body == "hello");
}

TEST_CASE("thousands of connections that send byte by byte don't keep others waiting") {
  config::server_settings settings;
  settings.header_timeout = 60s;
  server_fixture running{settings};
  std::vector<peer> slow;
  for (int i = 0; i < 1'000; ++i)
    slow.push_back(running.connect());
  auto client = running.connect();
  std::string_view text = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
  for (char c : text) {
    for (auto& each : slow)
      REQUIRE(each.send({&c, 1}));
    REQUIRE(client.send(get("/hello")));
    REQUIRE(client.response().status == 200);
  }
  for (auto& each : slow)
    REQUIRE(each.response().status == 200);
}

TEST_CASE("a server that ran out of descriptors accepts again once there are some") {
  server_fixture running;
  auto first = running.connect();
  auto serves = [](peer& client) { return client.send(get("/hello")) && client.response().status == 200; };
  REQUIRE(serves(first));
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  std::vector<int> taken;
  rlimit tight{static_cast<rlim_t>(first.socket()) + 64, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &tight);
  for (int each = ::dup(0); each >= 0; each = ::dup(0))
    taken.push_back(each);
  ::close(taken.back()); // one, for the client's end
  taken.pop_back();
  auto second = running.connect();
  CHECK(serves(first)); // twice: by then it was tried to accept the other
  CHECK(serves(first));
  for (int each : taken)
    ::close(each);
  CHECK(serves(second));
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST_CASE("a server says why it can't listen") {
  server_fixture running;
  auto text_of = [&](config::server_settings settings) -> std::string {
    config::metrics metrics;
    try {
      net::http::server another{running.io, settings, {}, metrics};
    } catch (const std::runtime_error& fault) {
      return fault.what();
    }
    return {};
  };
  config::server_settings in_use;
  in_use.port = running.server->port();
  auto port = std::to_string(in_use.port);
  CHECK(text_of(in_use) == "can't listen on 127.0.0.1 port " + port + ": Address already in use");
  config::server_settings nowhere;
  nowhere.bind = "nowhere";
  CHECK(text_of(nowhere).find("nowhere") != std::string::npos);
}
