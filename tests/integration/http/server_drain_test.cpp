#include <future>
#include <memory>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "certificate.hpp"
#include "server_fixture.hpp"
#include "tls_peer.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::testing;

namespace {

std::future<void> drain(server_fixture& running) {
  auto done = std::make_shared<std::promise<void>>();
  auto result = done->get_future();
  running.server->drain([done] { done->set_value(); });
  return result;
}

bool ends(std::future<void>& drained) {
  return drained.wait_for(10s) == std::future_status::ready;
}

} // namespace

TEST_CASE("a server without connections is drained at once") {
  server_fixture running{{}, GENERATE(1U, 3U)};
  auto drained = drain(running);
  CHECK(ends(drained));
}

TEST_CASE("a drained server refuses connections and closes idle ones") {
  server_fixture running;
  auto idle = running.connect();
  REQUIRE(idle.send(get("/hello")));
  REQUIRE(idle.response().status == 200);
  auto drained = drain(running);
  CHECK(ends(drained));
  CHECK(idle.at_end());
  CHECK_THROWS(running.connect());
}

TEST_CASE("requests in hand are answered before a drain ends") {
  server_fixture running{{}, 2};
  auto answering = running.connect();
  auto sending = running.connect();
  peer idle[] = {running.connect(), running.connect()}; // one on each thread
  REQUIRE(answering.send(get("/kept")));
  auto reply = running.kept.take();
  REQUIRE(sending.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
  CHECK(sending.receive_exactly(25).size() == 25); // so the server has begun to read it
  auto drained = drain(running);
  for (auto& each : idle)
    CHECK(each.at_end()); // so every thread knows
  REQUIRE(sending.send("hello"));
  auto second = sending.response();
  CHECK(second.body == "hello");
  CHECK(second.field("Connection") == "close");
  CHECK(drained.wait_for(0s) == std::future_status::timeout);
  reply({200, "text/plain", {}, "done"});
  auto first = answering.response();
  CHECK(first.body == "done");
  CHECK(first.field("Connection") == "close");
  CHECK(answering.at_end());
  CHECK(ends(drained));
}

TEST_CASE("a drain closes idle TLS connections") {
  certificate identity{"DNS:localhost"};
  config::server_settings settings;
  settings.tls.certificate = identity.file;
  settings.tls.key = identity.key;
  server_fixture running{settings};
  auto client = tls_peer::client(running.connect());
  REQUIRE(client.is_open());
  auto drained = drain(running);
  CHECK(ends(drained));
  CHECK(client.receive_all().empty());
}

TEST_CASE("a server that ends closes its connections, and later replies are dropped") {
  server_fixture running;
  auto client = running.connect();
  REQUIRE(client.send(get("/kept")));
  auto reply = running.kept.take();
  running.server.reset();
  CHECK(client.at_end());
  reply({200, "text/plain", {}, "to nobody"});
}

TEST_CASE("a reply may outlive server and network threads") {
  net::http::reply reply;
  {
    server_fixture running;
    auto client = running.connect();
    REQUIRE(client.send(get("/kept")));
    reply = running.kept.take();
  }
  CHECK_NOTHROW(reply({200, "text/plain", {}, "to nobody"}));
}

TEST_CASE("network threads may be stopped before the server ends") {
  server_fixture running;
  auto client = running.connect();
  REQUIRE(client.send(get("/hello")));
  REQUIRE(client.response().status == 200);
  running.io.stop();
  running.server.reset();
  CHECK(client.at_end());
}
