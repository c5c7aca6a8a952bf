#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "certificate.hpp"
#include "server_fixture.hpp"
#include "tls_peer.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

config::server_settings with_tls(const certificate& c, config::server_settings settings = {}) {
  settings.tls.certificate = c.file;
  settings.tls.key = c.key;
  return settings;
}

std::string fault_of(const config::server_settings& settings) {
  net::io_threads io{1};
  config::metrics metrics;
  try {
    net::http::server refused{io, settings, {}, metrics};
  } catch (const std::runtime_error& fault) {
    return fault.what();
  }
  return {};
}

} // namespace

TEST_CASE("requests are served over TLS 1.2 and 1.3") {
  certificate identity{"DNS:localhost"};
  server_fixture running{with_tls(identity)};
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto client = tls_peer::client(running.connect(), version);
    REQUIRE(client.is_open());
    CHECK(client.version() == version);
    REQUIRE(client.send(get("/hello") + post("/echo", std::string(100'000, 'x'))));
    REQUIRE(client.send(get("/large", "Connection: close\r\n")));
    auto all = client.receive_all();
    CHECK(all.find("\r\n\r\nhello") != all.npos);
    CHECK(all.size() > (8U << 20U) + 100'000);
    CHECK(all.ends_with("xxx"));
  }
}

TEST_CASE("answers given later go out over TLS too") {
  certificate identity{"DNS:localhost"};
  server_fixture running{with_tls(identity)};
  auto client = tls_peer::client(running.connect());
  REQUIRE(client.send(get("/kept", "Connection: close\r\n")));
  running.kept.take()({200, "text/plain", {}, "late"});
  CHECK(client.receive_all().ends_with("late"));
}

TEST_CASE("older versions of TLS and plain text are refused") {
  certificate identity{"DNS:localhost"};
  server_fixture running{with_tls(identity)};
  CHECK_FALSE(tls_peer::client(running.connect(), TLS1_1_VERSION).is_open());
  auto plain = running.connect();
  REQUIRE(plain.send(get("/hello")));
  CHECK(plain.receive_all().find("200 OK") == std::string::npos);
  CHECK(running.metric("troupe_http_tls_failures_total") == 2);
}

TEST_CASE("a handshake that doesn't come is cut off") {
  certificate identity{"DNS:localhost"};
  server_fixture running{with_tls(identity, impatient())};
  auto client = running.connect();
  REQUIRE(client.send("\x16\x03\x01"));
  CHECK(client.receive_all().empty());
  CHECK(running.metric("troupe_http_timeouts_total{limit=\"handshake\"}") == 1);
}

TEST_CASE("a slow request is answered with 408 over TLS") {
  certificate identity{"DNS:localhost"};
  auto limits = impatient();
  limits.header_timeout = std::chrono::seconds{1}; // the handshake's, too: a busy machine needs some time for it
  server_fixture running{with_tls(identity, limits)};
  auto client = tls_peer::client(running.connect());
  REQUIRE(client.send("GET /hel"));
  CHECK(client.receive_all().starts_with("HTTP/1.1 408 "));
}

TEST_CASE("a certificate or key that can't be used is named with the reason") {
  certificate identity{"DNS:localhost"};
  certificate other{"DNS:localhost"};

  auto missing = with_tls(identity);
  missing.tls.certificate = "/nonexistent/certificate.pem";
  CHECK(fault_of(missing).find("/nonexistent/certificate.pem: No such file") != std::string::npos);

  auto no_key = with_tls(identity);
  no_key.tls.key = "/nonexistent/key.pem";
  CHECK(fault_of(no_key).find("/nonexistent/key.pem: No such file") != std::string::npos);

  auto mismatch = with_tls(identity);
  mismatch.tls.key = other.key;
  CHECK(fault_of(mismatch).find(other.key.string()) != std::string::npos);
  CHECK(fault_of(mismatch).find("mismatch") != std::string::npos);

  auto garbage = with_tls(identity);
  std::ofstream{identity.file} << "not a certificate";
  CHECK(fault_of(garbage).find(identity.file.string()) != std::string::npos);
}
