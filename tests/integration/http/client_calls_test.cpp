#include <atomic>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "client_fixture.hpp"
#include "server_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe::net::http;
using namespace troupe::testing;

namespace {

/// Answers every request of a connection alike.
scripted_server::part always(std::string response) {
  return [response](peer& p) {
    while (!p.request().empty() && p.send(response)) {
    }
  };
}

/// Answers with what was asked.
void mirror(peer& p) {
  for (auto request = p.request(); !request.empty(); request = p.request())
    p.send(answer(request));
}

} // namespace

TEST_CASE_METHOD(client_fixture, "calls one after the other share a connection") {
  scripted_server server{{mirror}};
  client to_server{io, to(server.url())};
  for (int i = 0; i < 5; ++i)
    CHECK(response(ask(to_server, post("body " + std::to_string(i)))).body.ends_with("body " + std::to_string(i)));
  CHECK(server.accepted() == 1);
}

TEST_CASE_METHOD(client_fixture, "a call goes out as it was given, below the base path") {
  scripted_server server{{mirror}};
  client to_server{io, to(server.url("/base/"))};
  auto what = post("{}", "/notes?x=1");
  what.headers = {{"Content-Type", "application/json"}, {"authtoken", "secret"}};
  auto host = "Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n";
  CHECK(response(ask(to_server, what)).body
        == "POST /base/notes?x=1 HTTP/1.1\r\n" + host
               + "Content-Type: application/json\r\nauthtoken: secret\r\nUser-Agent: troupe\r\nContent-Length: "
                 "2\r\n\r\n{}");
  CHECK(response(ask(to_server, get("?x=1"))).body.starts_with("GET /base?x=1 HTTP/1.1\r\n"));
  CHECK(response(ask(to_server, get(""))).body.starts_with("GET /base HTTP/1.1\r\n"));
  client to_root{io, to(server.url())};
  CHECK(response(ask(to_root, get(""))).body == "GET / HTTP/1.1\r\n" + host + "User-Agent: troupe\r\n\r\n");
  CHECK(response(ask(to_root, get("?x"))).body.starts_with("GET /?x HTTP/1.1\r\n"));
}

TEST_CASE_METHOD(client_fixture, "a body may be counted, chunked, or end with the connection") {
  auto [text, body, connections] = GENERATE(table<std::string, std::string, unsigned>({
      {answer("hello"), "hello", 1},
      {answer(""), "", 1},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\n", "hello", 1},
      {"HTTP/1.1 204 No Content\r\n\r\n", "", 1},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer("hello"), "hello", 1},
      {answer("hello", "Connection: close\r\n"), "hello", 2},
      {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", 2},
      {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello", "hello", 1},
      {answer(std::string(3'000'000, 'x')), std::string(3'000'000, 'x'), 1},
  }));
  scripted_server server{{always(text)}};
  client to_server{io, to(server.url())};
  CHECK(response(ask(to_server, get())).body == body);
  CHECK(response(ask(to_server, get())).body == body);
  CHECK(server.accepted() == connections);

  scripted_server until_close{{[](peer& p) {
    p.request();
    p.send("HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nuntil the end");
  }}};
  client other{io, to(until_close.url())};
  auto last = response(ask(other, get()));
  CHECK(last.body == "until the end");
  CHECK(last.get("x-a") == "b");
}

TEST_CASE_METHOD(client_fixture, "a response to HEAD has no body, whatever its length says") {
  scripted_server server{{always("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")}};
  client to_server{io, to(server.url())};
  auto what = get();
  what.method = "HEAD";
  CHECK(response(ask(to_server, what)).get("Content-Length") == "5");
  CHECK(response(ask(to_server, what)).body.empty());
  CHECK(server.accepted() == 1);
}

TEST_CASE_METHOD(client_fixture, "a redirect is given to the caller and not followed") {
  scripted_server server{{always(answer("", "Location: http://127.0.0.1:1/\r\n", "302 Found"))}};
  client to_server{io, to(server.url())};
  auto got = response(ask(to_server, get()));
  CHECK(got.status == 302);
  CHECK(got.get("Location") == "http://127.0.0.1:1/");
}

TEST_CASE_METHOD(client_fixture, "a response may come byte by byte") {
  scripted_server server{{[](peer& p) {
    p.request();
    for (char c : answer("hello"))
      p.send({&c, 1});
    mirror(p);
  }}};
  client to_server{io, to(server.url())};
  CHECK(response(ask(to_server, get())).body == "hello");
}

TEST_CASE_METHOD(client_fixture, "many calls at a time use many connections, up to the limit") {
  server_fixture server;
  auto settings = to("http://127.0.0.1:" + std::to_string(server.server->port()));
  settings.max_connections = 20;
  client to_server{io, settings};
  std::vector<std::future<call_result>> begun;
  for (int i = 0; i < 1'000; ++i)
    begun.push_back(begin(to_server, get("/jobs/" + std::to_string(i))));
  for (std::size_t i = 0; i < begun.size(); ++i)
    REQUIRE(response(wait(begun[i])).body == std::to_string(i) + "|");
  auto accepted = server.metric("troupe_http_connections_total");
  CHECK(accepted >= 1);
  CHECK(accepted <= 20);
}

TEST_CASE_METHOD(client_fixture, "a large request reaches a server that reads slowly") {
  std::string body(5'000'000, 'x');
  scripted_server server{{[&](peer& p) {
    auto request = p.request();
    p.send(answer(std::to_string(request.size() > body.size())));
  }}};
  client to_server{io, to(server.url())};
  CHECK(response(ask(to_server, post(body))).body == "1");
}

TEST_CASE_METHOD(client_fixture, "a response that comes before the request is all sent counts") {
  scripted_server server{{[](peer& p) {
                            p.receive(100);
                            p.send(answer("", "", "413 Content Too Large"));
                            p.receive_all();
                          },
                          mirror}};
  client to_server{io, to(server.url())};
  CHECK(response(ask(to_server, post(std::string(20'000'000, 'x')))).status == 413);
  CHECK(response(ask(to_server, get())).status == 200); // on another connection
  CHECK(server.accepted() == 2);
}

TEST_CASE_METHOD(client_fixture, "what follows a call may call again") {
  scripted_server server{{mirror}};
  auto settings = to(server.url());
  settings.max_connections = 1;
  client to_server{io, settings};
  std::promise<bool> finished;
  std::function<void(int)> next = [&](int left) {
    to_server.send(get(), [&, left](call_result result) {
      if (left == 0 || std::holds_alternative<call_failure>(result))
        finished.set_value(left == 0);
      else
        next(left - 1);
    });
  };
  next(50);
  CHECK(finished.get_future().get());
  CHECK(server.accepted() == 1);
}

TEST_CASE_METHOD(client_fixture, "an exception from what follows a call harms no other call") {
  scripted_server server{{mirror}};
  client to_server{io, to(server.url())};
  to_server.send(get(), [](call_result) { throw std::runtime_error{"boom"}; });
  CHECK(response(ask(to_server, get())).status == 200);
}

TEST_CASE_METHOD(client_fixture, "a connection that was idle for long is closed") {
  std::promise<bool> closed;
  scripted_server server{{[&](peer& p) {
    p.request();
    p.send(answer("hello"));
    closed.set_value(p.at_end());
  }}};
  auto settings = to(server.url());
  settings.idle_timeout = 30ms;
  client to_server{io, settings};
  CHECK(response(ask(to_server, get())).body == "hello");
  CHECK(closed.get_future().get());
}

TEST_CASE_METHOD(client_fixture, "an address or a certificate that can't be used is refused at once") {
  CHECK_THROWS_AS((client{io, to("localhost:80")}), std::invalid_argument);
  auto settings = to("https://localhost");
  settings.ca_file = "/nonexistent/ca.pem";
  CHECK_THROWS_AS((client{io, settings}), std::invalid_argument);
  settings.ca_file.clear();
  settings.ca_pem = "not a certificate";
  CHECK_THROWS_AS((client{io, settings}), std::invalid_argument);
}
