#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <nlohmann/json.hpp>

#include "server_fixture.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

net::http::response text(std::string body) {
  return {200, "text/plain", {}, std::move(body)};
}

} // namespace

TEST_CASE_METHOD(server_fixture, "a connection serves many requests") {
  auto client = connect();
  for (int i = 0; i < 10; ++i) {
    REQUIRE(client.send(get("/hello")));
    auto answer = client.response();
    REQUIRE(answer.status == 200);
    REQUIRE(answer.body == "hello");
    REQUIRE(client.send(post("/echo", std::string(static_cast<std::size_t>(i) * 1'000, 'b'))));
    REQUIRE(client.response().body.size() == static_cast<std::size_t>(i) * 1'000);
  }
  CHECK(last_remote_address == "127.0.0.1");
  CHECK(metric("troupe_http_connections_total") == 1);
}

TEST_CASE_METHOD(server_fixture, "a request may come byte by byte") {
  auto client = connect();
  for (char c : post("/echo", "hello"))
    REQUIRE(client.send({&c, 1}));
  CHECK(client.response().body == "hello");
}

TEST_CASE_METHOD(server_fixture, "a body may be large and may come in chunks") {
  auto client = connect();
  std::string body(700'000, 'x');
  REQUIRE(client.send(post("/echo", body)));
  CHECK(client.response().body == body);
  std::string chunked = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i)
    chunked += "3e8\r\n" + std::string(1'000, 'y') + "\r\n";
  REQUIRE(client.send(chunked + "0\r\n\r\n"));
  CHECK(client.response().body == std::string(100'000, 'y'));
}

TEST_CASE_METHOD(server_fixture, "pipelined requests are answered in order, those answered later too") {
  auto client = connect();
  REQUIRE(client.send(get("/jobs/1") + get("/kept") + get("/jobs/2") + get("/kept") + post("/echo", "three")));
  CHECK(client.response().body == "1|");
  kept.take()(text("first kept"));
  CHECK(client.response().body == "first kept");
  CHECK(client.response().body == "2|");
  kept.take()(text("second kept"));
  CHECK(client.response().body == "second kept");
  CHECK(client.response().body == "three");
}

TEST_CASE_METHOD(server_fixture, "very many pipelined requests are all answered") {
  auto client = connect();
  std::string requests;
  for (int i = 0; i < 2'000; ++i)
    requests += get("/jobs/" + std::to_string(i));
  std::thread sender{[&] { client.send(requests); }};
  int right = 0;
  for (int i = 0; i < 2'000; ++i)
    right += client.response().body == std::to_string(i) + "|" ? 1 : 0;
  sender.join();
  CHECK(right == 2'000);
}

TEST_CASE_METHOD(server_fixture, "a path has parameters, decoded, and a query") {
  auto client = connect();
  REQUIRE(client.send(get("/jobs/a%20b?q=x%2Fy")));
  CHECK(client.response().body == "a b|x/y");
}

TEST_CASE_METHOD(server_fixture, "HEAD is answered like GET without the body") {
  auto client = connect();
  REQUIRE(client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n"));
  auto answer = client.response(true);
  CHECK(answer.status == 200);
  CHECK(answer.field("Content-Length") == "5");
  REQUIRE(client.send(get("/hello")));
  CHECK(client.response().body == "hello");
}

TEST_CASE_METHOD(server_fixture, "every answer carries the correlation id and the fields that keep it safe") {
  auto client = connect();
  for (auto path : {"/hello", "/nowhere"}) {
    REQUIRE(client.send(get(path, "X-Request-Id: my.id-1\r\n")));
    auto answer = client.response();
    CHECK(answer.field("X-Request-Id") == "my.id-1");
    CHECK(answer.field("X-Content-Type-Options") == "nosniff");
    CHECK(answer.field("Cache-Control") == "no-store");
    CHECK(answer.field("Date").size() == 29);
  }
  REQUIRE(client.send(get("/hello", "X-Request-Id: not an id\r\n")));
  CHECK(client.response().field("X-Request-Id").size() == 15);
}

TEST_CASE_METHOD(server_fixture, "a refusal of the router is a problem, and the connection goes on") {
  auto client = connect();
  auto ask = [&](const std::string& request) {
    REQUIRE(client.send(request));
    auto answer = client.response();
    CHECK(answer.field("Content-Type") == "application/problem+json");
    auto body = nlohmann::json::parse(answer.body);
    CHECK(body.at("status") == answer.status);
    CHECK(body.at("correlation_id") == answer.field("X-Request-Id"));
    return answer;
  };
  CHECK(ask(get("/nowhere")).status == 404);
  auto wrong_method = ask(post("/hello", "a body that nobody reads"));
  CHECK(wrong_method.status == 405);
  CHECK(wrong_method.field("Allow") == "GET, HEAD");
  CHECK(ask(post("/json", "{}", "Content-Type: text/plain\r\n")).status == 415);
  CHECK(ask("BREW /hello HTTP/1.1\r\nHost: x\r\n\r\n").status == 405);
  REQUIRE(client.send(post("/json", "{}", "Content-Type: application/json\r\n")));
  CHECK(client.response().status == 202);
}

TEST_CASE_METHOD(server_fixture, "what a handler throws becomes a 500 that says nothing of it") {
  auto client = connect();
  REQUIRE(client.send(get("/throws", "X-Request-Id: abc\r\n")));
  auto answer = client.response();
  CHECK(answer.status == 500);
  CHECK(answer.field("X-Request-Id") == "abc");
  CHECK(answer.body.find("hunter2") == std::string::npos);
  REQUIRE(client.send(get("/hello")));
  CHECK(client.response().status == 200);
}

TEST_CASE_METHOD(server_fixture, "a dropped reply becomes a 500") {
  auto client = connect();
  REQUIRE(client.send(get("/dropped")));
  CHECK(client.response().status == 500);
  REQUIRE(client.send(get("/kept")));
  kept.take(); // and dropped, on this thread
  CHECK(client.response().status == 500);
}

TEST_CASE_METHOD(server_fixture, "an answer that would break the protocol becomes a 500") {
  auto client = connect();
  REQUIRE(client.send(get("/broken")));
  auto answer = client.response();
  CHECK(answer.status == 500);
  CHECK_FALSE(answer.has("Y: b"));
}

TEST_CASE_METHOD(server_fixture, "the connection is closed when the client wants it so") {
  auto line = GENERATE(as<std::string>{}, "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                       "GET /hello HTTP/1.0\r\n\r\n");
  auto client = connect();
  REQUIRE(client.send(line));
  auto answer = client.response();
  CHECK(answer.body == "hello");
  CHECK(answer.field("Connection") == "close");
  CHECK(client.at_end());
}

TEST_CASE_METHOD(server_fixture, "a client of HTTP/1.0 may keep its connection") {
  auto client = connect();
  for (int i = 0; i < 2; ++i) {
    REQUIRE(client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    CHECK(client.response().field("Connection") == "keep-alive");
  }
}

TEST_CASE_METHOD(server_fixture, "a client that has ended its direction still gets its answers") {
  auto client = connect();
  REQUIRE(client.send(get("/hello") + get("/kept")));
  client.half_close();
  CHECK(client.response().body == "hello");
  kept.take()(text("late"));
  CHECK(client.response().body == "late");
  CHECK(client.at_end());
}

TEST_CASE_METHOD(server_fixture, "a request that ends before it is complete is refused") {
  auto sent = GENERATE(as<std::string>{}, "G", "GET /hello HTTP/1.1\r\n",
                       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel");
  auto client = connect();
  REQUIRE(client.send(sent));
  client.half_close();
  CHECK(client.response().status == 400);
  CHECK(client.at_end());
}

TEST_CASE_METHOD(server_fixture, "a client may wait to be asked for its body") {
  auto client = connect();
  REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
  CHECK(client.receive_exactly(25) == "HTTP/1.1 100 Continue\r\n\r\n");
  REQUIRE(client.send("hello"));
  CHECK(client.response().body == "hello");
  // One that doesn't wait isn't asked.
  REQUIRE(client.send(post("/echo", "hello", "Expect: 100-continue\r\n")));
  CHECK(client.response().status == 200);
}

TEST_CASE_METHOD(server_fixture, "a client that waits with its body is refused without it") {
  auto refused = GENERATE(as<std::string>{}, "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5",
                          "POST /json HTTP/1.1\r\nHost: x\r\nContent-Length: 5",
                          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000");
  auto client = connect();
  REQUIRE(client.send(refused + "\r\nExpect: 100-continue\r\n\r\n"));
  auto answer = client.response();
  CHECK(answer.status >= 404);
  CHECK(answer.field("Connection") == "close");
  CHECK(client.at_end());
}

TEST_CASE_METHOD(server_fixture, "an empty line before a request is overlooked") {
  auto client = connect();
  REQUIRE(client.send("\r\n\r\n" + get("/hello") + "\r\n" + get("/hello")));
  CHECK(client.response().status == 200);
  CHECK(client.response().status == 200);
}

TEST_CASE_METHOD(server_fixture, "a request as a proxy writes it, with the whole URL, is served") {
  auto client = connect();
  REQUIRE(client.send("GET http://troupe.example:8080/hello HTTP/1.1\r\nHost: troupe.example:8080\r\n\r\n"));
  CHECK(client.response().status == 200);
}

TEST_CASE_METHOD(server_fixture, "what isn't HTTP is refused, and the connection closed") {
  auto sent =
      GENERATE(as<std::string>{}, "\x16\x03\x01\x02\x01\x01\r\n", "GET /hello HTTP/1.1\r\n\r\n",
               "GET ftp://other/ HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n",
               "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
               "GET /hello HTTP/1.1\nHost: x\n\n", "GET /hello HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n");
  CAPTURE(sent);
  auto client = connect();
  REQUIRE(client.send(get("/hello") + sent + get("/hello"))); // what follows is read by nobody
  CHECK(client.response().status == 200);
  auto answer = client.response();
  CHECK(answer.status == 400);
  CHECK(answer.field("Content-Type") == "application/problem+json");
  CHECK(answer.field("Connection") == "close");
  CHECK(nlohmann::json::parse(answer.body).at("correlation_id") == answer.field("X-Request-Id"));
  CHECK(client.receive_all().empty());
}

TEST_CASE("connections are spread over all network threads") {
  server_fixture running{{}, 3};
  std::vector<peer> clients;
  for (int i = 0; i < 9; ++i)
    clients.push_back(running.connect());
  for (auto& client : clients)
    REQUIRE(client.send(get("/kept")));
  for (int i = 0; i < 9; ++i)
    running.kept.take()(text("x"));
  for (auto& client : clients)
    CHECK(client.response().body == "x");
}

TEST_CASE_METHOD(server_fixture, "requests are counted by pattern, method and class of status") {
  auto client = connect();
  for (auto path : {"/jobs/1", "/jobs/2", "/nowhere/1", "/nowhere/2", "/throws"}) {
    REQUIRE(client.send(get(path)));
    client.response();
  }
  REQUIRE(client.send("BREW /jobs/1 HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n"));
  client.receive_all();
  CHECK(metric(R"(troupe_http_requests_total{method="GET",route="/jobs/{id}",status="2xx"})") == 2);
  CHECK(metric(R"(troupe_http_requests_total{method="GET",route="unmatched",status="4xx"})") == 2);
  CHECK(metric(R"(troupe_http_requests_total{method="GET",route="/throws",status="5xx"})") == 1);
  CHECK(metric(R"(troupe_http_requests_total{method="other",route="/jobs/{id}",status="4xx"})") == 1);
  CHECK(metric(R"(troupe_http_requests_total{method="none",route="unmatched",status="4xx"})") == 1);
  CHECK(metric(R"(troupe_http_request_duration_seconds_count{route="/jobs/{id}"})") == 3);
}
