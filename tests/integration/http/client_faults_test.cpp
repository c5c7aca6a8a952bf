#include <atomic>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "client_fixture.hpp"
#include "deaf_port.hpp"
#include "net/http/name_resolver.hpp"

using namespace std::chrono_literals;
using namespace troupe::net::http;
using namespace troupe::testing;

namespace {

void mirror(peer& p) {
  for (auto request = p.request(); !request.empty(); request = p.request())
    p.send(answer(request));
}

/// Answers one request, then plays on with the next.
scripted_server::part after_one(scripted_server::part next) {
  return [next](peer& p) {
    p.request();
    p.send(answer("first"));
    next(p);
  };
}

std::string local(std::uint16_t port, std::string_view scheme = "http") {
  return std::string{scheme} + "://127.0.0.1:" + std::to_string(port);
}

} // namespace

TEST_CASE_METHOD(client_fixture, "a call to nobody was not sent") {
  std::uint16_t port = 0;
  {
    listening_socket closed;
    port = closed.port();
  }
  client to_nobody{io, to(local(port))};
  auto fault = failure(ask(to_nobody, post("x")));
  CHECK(fault.fault == call_fault::unreachable);
  CHECK(fault.detail.find("127.0.0.1:" + std::to_string(port)) != std::string::npos);
  CHECK(failure(ask(to_nobody, post("x"))).fault == call_fault::unreachable);
}

TEST_CASE_METHOD(client_fixture, "a call to a name that isn't known was not sent") {
  client to_nobody{io, to("http://" + std::string(64, 'a') + ".invalid")}; // longer than a label may be
  auto fault = failure(ask(to_nobody, post("x")));
  CHECK(fault.fault == call_fault::unreachable);
}

TEST_CASE("a name whose servers don't answer holds up no call to another one") {
  std::promise<void> end;
  const auto ended = end.get_future().share();
  std::promise<void> left;
  {
    troupe::net::io_threads io{1, std::make_unique<name_resolver>(resolver_settings{}, [&](const std::string& host) {
                                 if (host == "slow.test") {
                                   ended.wait();
                                   left.set_value();
                                 }
                                 return name_answer{{boost::asio::ip::make_address("127.0.0.1")}, {}};
                               })};
    scripted_server server{{mirror}};
    client to_slow{io, client_fixture::to("http://slow.test:1")};
    client to_server{io, client_fixture::to("http://quick.test:" + std::to_string(server.port()))};
    auto slow = client_fixture::begin(to_slow, client_fixture::post("x"));
    CHECK(client_fixture::response(client_fixture::ask(to_server, client_fixture::post("y"))).body.ends_with("y"));
    auto what = client_fixture::post("x");
    what.connect_timeout = 30ms;
    CHECK(client_fixture::failure(client_fixture::ask(to_slow, what)).fault == call_fault::unreachable);
  }
  end.set_value();
  left.get_future().wait(); // its thread still uses what is here
}

TEST_CASE_METHOD(client_fixture, "a call for which no connection comes about in its time was not sent") {
  deaf_port deaf;
  client to_deaf{io, to(local(deaf.port))};
  auto what = post("x");
  what.connect_timeout = 30ms;
  CHECK(failure(ask(to_deaf, what)).fault == call_fault::unreachable);
  what.connect_timeout = 10s;
  what.timeout = 30ms;
  CHECK(failure(ask(to_deaf, what)).fault == call_fault::not_sent_in_time);
}

TEST_CASE_METHOD(client_fixture, "a call that finds no free connection in its time was not sent") {
  scripted_server server{{[](peer& p) {
    p.request();
    p.receive_all(); // until the client gives up
  }}};
  auto settings = to(server.url());
  settings.max_connections = 1;
  client to_server{io, settings};
  auto first = begin(to_server, post("first"));
  auto what = post("second");
  what.timeout = 30ms;
  CHECK(failure(ask(to_server, what)).fault == call_fault::not_sent_in_time);
}

TEST_CASE_METHOD(client_fixture, "a waiting call gets the connection that another loses") {
  scripted_server server{{[](peer& p) { p.request(); }, mirror}};
  auto settings = to(server.url());
  settings.max_connections = 1;
  client to_server{io, settings};
  auto first = begin(to_server, post("first"));
  auto second = begin(to_server, post("second"));
  CHECK(failure(wait(first)).fault == call_fault::unknown_outcome);
  CHECK(response(wait(second)).body.ends_with("second"));
}

TEST_CASE_METHOD(client_fixture, "a call that isn't answered in its time may have been acted on") {
  auto play = GENERATE(
      as<scripted_server::part>{}, [](peer& p) { p.receive_all(); },
      [](peer& p) {
        p.request();
        p.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
        p.receive_all();
      },
      [](peer& p) {
        p.request();
        p.send("HTTP/1.1 100 Continue\r\n\r\n");
        p.receive_all();
      });
  scripted_server server{{play}};
  client to_server{io, to(server.url())};
  for (auto what : {post("x"), get()}) {
    what.timeout = 30ms;
    CHECK(failure(ask(to_server, what)).fault == call_fault::unknown_outcome);
  }
}

TEST_CASE_METHOD(client_fixture, "a request that the peer doesn't read may have been acted on") {
  std::promise<void> over;
  scripted_server server{{[&](peer& p) {
    p.receive(10);
    over.get_future().wait();
  }}};
  client to_server{io, to(server.url())};
  auto what = post(std::string(30'000'000, 'x'));
  what.timeout = 50ms;
  CHECK(failure(ask(to_server, what)).fault == call_fault::unknown_outcome);
  over.set_value();
}

TEST_CASE_METHOD(client_fixture, "a connection that breaks after something was sent leaves the outcome unknown") {
  auto reset = GENERATE(false, true);
  auto moment =
      GENERATE(as<std::string>{}, "nothing", "request", "HTTP", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
               "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "HTTP/1.1 100 Continue\r\n\r\n");
  CAPTURE(reset, moment);
  std::atomic<int> requests{0};
  scripted_server server{{[&](peer& p) {
    if (moment == "nothing")
      p.receive(1); // of the request only its beginning
    else
      requests += p.request().empty() ? 0 : 1;
    if (moment.starts_with("HTTP"))
      p.send(moment);
    if (reset)
      p.reset();
    else
      p.close();
  }}};
  client to_server{io, to(server.url())};
  CHECK(failure(ask(to_server, post("x"))).fault == call_fault::unknown_outcome);
  // A connection that was fresh can't have been stale: not even a GET is sent again.
  CHECK(failure(ask(to_server, get())).fault == call_fault::unknown_outcome);
  CHECK(server.accepted() == 2);
  CHECK(requests <= 2);
}

TEST_CASE_METHOD(client_fixture, "a call notices that the peer has closed the pooled connection, and takes another") {
  auto reset = GENERATE(false, true);
  std::promise<void> closed;
  scripted_server server{{after_one([&](peer& p) {
                            if (reset)
                              p.reset();
                            else
                              p.close();
                            closed.set_value();
                          }),
                          mirror}};
  client to_server{io, to(server.url())};
  CHECK(response(ask(to_server, post("one"))).body == "first");
  closed.get_future().wait();
  CHECK(response(ask(to_server, post("two"))).body.ends_with("two"));
  CHECK(server.accepted() == 2);
}

TEST_CASE_METHOD(client_fixture, "a POST that a pooled connection swallowed isn't sent again") {
  auto reset = GENERATE(false, true);
  std::atomic<int> swallowed{0};
  scripted_server server{{after_one([&](peer& p) {
                            swallowed += p.request().empty() ? 0 : 1;
                            if (reset)
                              p.reset();
                          }),
                          mirror}};
  client to_server{io, to(server.url())};
  CHECK(response(ask(to_server, post("one"))).body == "first");
  CHECK(failure(ask(to_server, post("two"))).fault == call_fault::unknown_outcome);
  CHECK(swallowed == 1);
  CHECK(server.accepted() == 1);
}

TEST_CASE_METHOD(
    client_fixture,
    "a GET, or what may be repeated, that a pooled connection swallowed is sent again once, on a fresh one") {
  auto second_answers = GENERATE(true, false);
  scripted_server server{{after_one([](peer& p) { p.request(); }), [&](peer& p) {
                            if (second_answers)
                              mirror(p);
                            else
                              p.request();
                          }}};
  client to_server{io, to(server.url())};
  CHECK(response(ask(to_server, get())).body == "first");
  auto what = get("/again");
  if (GENERATE(false, true)) {
    what = post("x", "/again");
    what.may_repeat = true;
  }
  const auto line = what.method + " /again ";
  auto result = ask(to_server, std::move(what));
  if (second_answers)
    CHECK(response(result).body.starts_with(line));
  else
    CHECK(failure(result).fault == call_fault::unknown_outcome);
  CHECK(server.accepted() == 2);
}

TEST_CASE_METHOD(client_fixture, "a GET isn't sent again once something of a response came") {
  scripted_server server{{after_one([](peer& p) {
                            p.request();
                            p.send("HTTP/1.1 2");
                          }),
                          mirror}};
  client to_server{io, to(server.url())};
  CHECK(response(ask(to_server, get())).body == "first");
  CHECK(failure(ask(to_server, get())).fault == call_fault::unknown_outcome);
  CHECK(server.accepted() == 1);
}

TEST_CASE_METHOD(client_fixture, "a sent-again GET may use the place of the connection that was lost") {
  scripted_server server{{after_one([](peer& p) { p.request(); }), mirror}};
  auto settings = to(server.url());
  settings.max_connections = 1;
  client to_server{io, settings};
  CHECK(response(ask(to_server, get())).body == "first");
  auto again = begin(to_server, get("/again"));
  auto other = begin(to_server, get("/other"));
  CHECK(response(wait(again)).body.starts_with("GET /again "));
  CHECK(response(wait(other)).body.starts_with("GET /other "));
}

TEST_CASE_METHOD(client_fixture, "what isn't a response, or too much of one, is a bad response") {
  auto text = GENERATE(
      as<std::string>{}, "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n",
      "HTTP/1.1 200 OK\r\n\r\n" + std::string(1'001, 'x'), "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'),
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
  scripted_server server{{[&](peer& p) {
    p.request();
    p.send(text);
    p.receive_all(); // the client closes
  }}};
  auto settings = to(server.url());
  settings.max_response = 1'000;
  client to_server{io, settings};
  CHECK(failure(ask(to_server, post("x"))).fault == call_fault::bad_response);
}

TEST_CASE_METHOD(client_fixture, "interim responses without end are a bad response") {
  scripted_server server{{[](peer& p) {
    p.request();
    while (p.send("HTTP/1.1 103 Early Hints\r\n\r\n")) {
    }
  }}};
  client to_server{io, to(server.url())};
  CHECK(failure(ask(to_server, post("x"))).fault == call_fault::bad_response);
}

TEST_CASE_METHOD(client_fixture, "what a peer says unasked isn't taken for the next response") {
  std::promise<void> said;
  auto after_response = GENERATE(false, true);
  scripted_server server{{[&](peer& p) {
                            p.request();
                            if (after_response) {
                              p.send(answer("first") + answer("forged"));
                            } else {
                              p.send(answer("first"));
                              p.send(answer("forged"));
                            }
                            said.set_value();
                            p.receive_all();
                          },
                          mirror}};
  client to_server{io, to(server.url())};
  CHECK(response(ask(to_server, get())).body == "first");
  said.get_future().wait();
  CHECK(response(ask(to_server, get("/next"))).body.starts_with("GET /next "));
  CHECK(server.accepted() == 2);
}

TEST_CASE_METHOD(client_fixture, "a call that is taken back closes its connection at once") {
  std::promise<std::string> seen;
  scripted_server server{{[&](peer& p) {
    p.request();
    seen.set_value(p.receive_all()); // until the client closes
  }}};
  client to_server{io, to(server.url())};
  std::stop_source caller;
  auto what = post("x");
  what.stop = caller.get_token();
  auto begun = begin(to_server, what);
  while (server.accepted() == 0)
    std::this_thread::yield();
  caller.request_stop();
  CHECK(failure(wait(begun)).fault == call_fault::cancelled);
  auto closed = seen.get_future();
  REQUIRE(closed.wait_for(10s) == std::future_status::ready);
}

TEST_CASE_METHOD(client_fixture, "a call that is taken back while it waits for a connection is not sent") {
  scripted_server server{{[](peer& p) {
    p.request();
    p.receive_all(); // until the client gives up
  }}};
  auto settings = to(server.url());
  settings.max_connections = 1;
  client to_server{io, settings};
  auto first = begin(to_server, post("first"));
  std::stop_source caller;
  auto what = post("second");
  what.stop = caller.get_token();
  auto second = begin(to_server, what);
  caller.request_stop();
  CHECK(failure(wait(second)).fault == call_fault::cancelled);
  CHECK(failure(ask(to_server, what)).fault == call_fault::cancelled);
  CHECK(server.accepted() <= 1);
}

TEST_CASE_METHOD(client_fixture, "taking a call back after its end changes nothing") {
  scripted_server server{{mirror}};
  client to_server{io, to(server.url())};
  std::stop_source caller;
  auto what = post("one");
  what.stop = caller.get_token();
  CHECK(response(ask(to_server, what)).body.ends_with("one"));
  caller.request_stop();
  CHECK(response(ask(to_server, post("two"))).body.ends_with("two"));
}

TEST_CASE_METHOD(client_fixture, "a call that isn't well-formed is not sent") {
  scripted_server server{{mirror}};
  client to_server{io, to(server.url())};
  auto refused = [&](call what) {
    auto fault = failure(ask(to_server, std::move(what)));
    return fault.fault == call_fault::unreachable && fault.detail.find("well-formed") != std::string::npos;
  };
  auto with = [](std::string name, std::string value) {
    auto result = get();
    result.headers = {{std::move(name), std::move(value)}};
    return result;
  };
  CHECK(refused(with("X", "a\r\nY: b")));
  CHECK(refused(with("X Y", "a")));
  CHECK(refused(with("Host", "a")));
  CHECK(refused(with("content-length", "1")));
  CHECK(refused(with("Transfer-Encoding", "chunked")));
  CHECK(refused(get("/a b")));
  CHECK(refused(get("/a\r\nX: y")));
  CHECK(refused(get("x")));
  CHECK(refused(get("/caf\xc3\xa9")));
  auto method = get();
  method.method = "GET /";
  CHECK(refused(method));
  CHECK(server.accepted() == 0);
}

TEST_CASE_METHOD(client_fixture, "every call is done before its client is gone") {
  scripted_server server{{[](peer& p) {
    p.request();
    p.receive_all();
  }}};
  deaf_port deaf;
  auto settings = to(server.url());
  settings.max_connections = 1;
  auto to_server = std::make_unique<client>(io, settings);
  auto to_deaf = std::make_unique<client>(io, to(local(deaf.port)));
  auto sent = begin(*to_server, post("x"));
  auto waiting = begin(*to_server, post("x"));
  auto connecting = begin(*to_deaf, post("x"));
  auto probe = post("x");
  probe.timeout = 20ms;
  failure(ask(*to_server, probe)); // the first is on its way by now
  auto stopped = GENERATE(false, true);
  if (stopped)
    io.stop();
  to_server.reset();
  to_deaf.reset();
  CHECK(failure(wait(sent)).fault == call_fault::unknown_outcome);
  CHECK(failure(wait(waiting)).fault == call_fault::unreachable);
  CHECK(failure(wait(connecting)).fault == call_fault::unreachable);
}
