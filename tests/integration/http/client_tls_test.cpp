#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "certificate.hpp"
#include "client_fixture.hpp"
#include "server_fixture.hpp"
#include "tls_peer.hpp"

using namespace std::chrono_literals;
using namespace troupe::net::http;
using namespace troupe::testing;

namespace {

/// Plays over TLS.
scripted_server::part over_tls(const certificate& identity, std::function<void(tls_peer&)> play) {
  return [&identity, play](peer& p) {
    auto secured = tls_peer::server(std::move(p), identity.file, identity.key);
    if (secured.is_open())
      play(secured);
  };
}

void mirror(tls_peer& p) {
  for (auto request = p.request(); !request.empty(); request = p.request())
    p.send(answer(request));
}

endpoint_settings secure_to(const scripted_server& server, const std::string& host, const std::string& ca) {
  endpoint_settings result;
  result.url = "https://" + host + ":" + std::to_string(server.port());
  result.ca_pem = ca;
  return result;
}

} // namespace

TEST_CASE_METHOD(client_fixture, "calls over TLS share a connection to a peer that proves its name") {
  auto host = GENERATE(as<std::string>{}, "localhost", "127.0.0.1");
  certificate identity{host == "localhost" ? "DNS:localhost" : "IP:127.0.0.1"};
  scripted_server server{{over_tls(identity, mirror)}};
  auto settings = secure_to(server, host, {});
  if (GENERATE(false, true))
    settings.ca_pem = identity.pem;
  else
    settings.ca_file = identity.file;
  client to_server{io, settings};
  std::string large(200'000, 'x');
  CHECK(response(ask(to_server, post("one"))).body.ends_with("one"));
  CHECK(response(ask(to_server, post(large))).body.ends_with(large));
  CHECK(server.accepted() == 1);
}

TEST_CASE_METHOD(client_fixture, "nothing is sent to a peer that doesn't prove its name") {
  certificate identity{"DNS:localhost"};
  certificate other{"DNS:localhost"};
  std::atomic<bool> told{false};
  scripted_server server{{over_tls(identity, [&](tls_peer& p) { told = !p.receive().empty(); })}};
  auto [host, ca] = GENERATE_REF(table<std::string, std::string>({
      {"localhost", ""},           // signed by nobody known
      {"localhost", other.pem},    // signed by somebody else
      {"127.0.0.1", identity.pem}, // for another name
  }));
  client to_server{io, secure_to(server, host, ca)};
  auto fault = failure(ask(to_server, post("secret")));
  CHECK(fault.fault == call_fault::unreachable);
  CHECK(fault.detail.find("certificate") != std::string::npos);
  CHECK_FALSE(told);
}

TEST_CASE_METHOD(client_fixture, "a peer that doesn't agree on TLS was sent nothing") {
  certificate identity{"DNS:localhost"};
  auto play = GENERATE(
      as<scripted_server::part>{}, [](peer& p) { p.receive_all(); }, [](peer& p) { p.receive(1); },
      [](peer& p) {
        p.receive(1);
        p.reset();
      },
      [](peer& p) {
        p.receive(1);
        p.send("HTTP/1.1 400 Bad Request\r\n\r\n");
      });
  scripted_server server{{play}};
  client to_server{io, secure_to(server, "localhost", identity.pem)};
  auto what = post("x");
  what.connect_timeout = 50ms;
  CHECK(failure(ask(to_server, what)).fault == call_fault::unreachable);
}

TEST_CASE_METHOD(client_fixture, "a body that ends with the connection must end as TLS wants it") {
  certificate identity{"DNS:localhost"};
  auto proper = GENERATE(true, false);
  scripted_server server{{over_tls(identity, [&](tls_peer& p) {
    p.request();
    p.send("HTTP/1.1 200 OK\r\n\r\nhello");
    if (proper)
      p.end();
  })}};
  client to_server{io, secure_to(server, "localhost", identity.pem)};
  auto result = ask(to_server, get());
  if (proper)
    CHECK(response(result).body == "hello");
  else
    CHECK(failure(result).fault == call_fault::unknown_outcome);
}

TEST_CASE_METHOD(client_fixture, "a TLS connection that the peer has closed isn't used again") {
  certificate identity{"DNS:localhost"};
  auto proper = GENERATE(true, false);
  std::promise<void> closed;
  scripted_server server{{over_tls(identity,
                                   [&](tls_peer& p) {
                                     p.request();
                                     p.send(answer("first"));
                                     if (proper)
                                       p.end();
                                     p.under.close();
                                     closed.set_value();
                                   }),
                          over_tls(identity, mirror)}};
  client to_server{io, secure_to(server, "localhost", identity.pem)};
  CHECK(response(ask(to_server, post("one"))).body == "first");
  closed.get_future().wait();
  CHECK(response(ask(to_server, post("two"))).body.ends_with("two"));
}

TEST_CASE_METHOD(client_fixture, "a POST that a pooled TLS connection swallowed isn't sent again") {
  certificate identity{"DNS:localhost"};
  scripted_server server{{over_tls(identity,
                                   [](tls_peer& p) {
                                     p.request();
                                     p.send(answer("first"));
                                     p.request();
                                   }),
                          over_tls(identity, mirror)}};
  client to_server{io, secure_to(server, "localhost", identity.pem)};
  CHECK(response(ask(to_server, post("one"))).body == "first");
  CHECK(failure(ask(to_server, post("two"))).fault == call_fault::unknown_outcome);
  CHECK(response(ask(to_server, get())).status == 200);
}

TEST_CASE("client and server understand each other over TLS") {
  certificate identity{"DNS:localhost"};
  troupe::config::server_settings settings;
  settings.tls.certificate = identity.file;
  settings.tls.key = identity.key;
  server_fixture running{settings, 2};
  endpoint_settings endpoint;
  endpoint.url = "https://localhost:" + std::to_string(running.server->port());
  endpoint.ca_pem = identity.pem;
  endpoint.max_response = 16 << 20;
  endpoint.max_connections = 8;
  client to_server{running.io, endpoint};
  std::vector<std::future<call_result>> begun;
  for (int i = 0; i < 200; ++i)
    begun.push_back(client_fixture::begin(to_server, client_fixture::get("/jobs/" + std::to_string(i))));
  for (std::size_t i = 0; i < begun.size(); ++i)
    REQUIRE(client_fixture::response(client_fixture::wait(begun[i])).body == std::to_string(i) + "|");
  auto large = client_fixture::response(client_fixture::ask(to_server, client_fixture::get("/large")));
  CHECK(large.body.size() == 8 << 20);
}
