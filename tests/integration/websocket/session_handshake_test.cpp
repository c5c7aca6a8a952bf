#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "net/websocket/handshake.hpp"
#include "session_fixture.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

/// The status of the answer to a request, and its head.
raw_response ask(session_fixture& running, const std::string& request) {
  auto wire = running.connect();
  REQUIRE(wire.send(request));
  return wire.response();
}

std::string without(std::string text, std::string_view line) {
  const auto at = text.find(line);
  REQUIRE(at != text.npos);
  return text.erase(at, text.find("\r\n", at) + 2 - at);
}

} // namespace

TEST_CASE("a handshake is answered as RFC 6455 shows it") {
  session_fixture running;
  auto wire = running.connect();
  client c{wire};
  const auto head = c.open(GENERATE("/echo", "/later"));
  CHECK(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(head.find("\r\nUpgrade: websocket\r\n") != head.npos);
  CHECK(head.find("\r\nConnection: Upgrade\r\n") != head.npos);
  CHECK(head.find("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") != head.npos);
  CHECK(head.find("\r\nContent-") == head.npos);
  CHECK(head.find("Sec-WebSocket-Protocol") == head.npos);
  CHECK(head.find("Sec-WebSocket-Extensions") == head.npos);
  REQUIRE(c.say("hello"));
  CHECK(c.hear() == "hello");
}

TEST_CASE("frames that come together with the handshake, or behind other requests, aren't lost") {
  session_fixture running;
  auto wire = running.connect();
  REQUIRE(wire.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n" + handshake("/echo") + write_frame("early")));
  CHECK(wire.response().body == "hello");
  CHECK(wire.response().status == 101);
  CHECK(client{wire}.hear() == "early");
}

TEST_CASE("of the subprotocols offered the preferred one is answered, and never the one that carries a token") {
  net::websocket::settings s;
  s.protocols = {"troupe", "other"};
  session_fixture running{s};
  auto wire = running.connect();
  const auto head = client{wire}.open(
      "/echo", "Sec-WebSocket-Protocol: other, bearer.eyJh.eyJz.c2ln\r\nSec-WebSocket-Protocol: troupe\r\n");
  CHECK(head.find("\r\nSec-WebSocket-Protocol: troupe\r\n") != head.npos);
  CHECK(head.find("bearer") == head.npos);
}

TEST_CASE("subprotocols that can't be answered are refused") {
  net::websocket::settings s;
  s.protocols = {"troupe"};
  session_fixture running{s};
  const std::string offer = GENERATE("bearer.abc", "troupe, troupe", "troupe, a b", "troupe, x=y", "TROUPE");
  CHECK(ask(running, handshake("/echo", "Sec-WebSocket-Protocol: " + offer + "\r\n")).status == 400);
  CHECK(running.seen.has("gone"));
  CHECK(running.seen.count("open") == 0);
  CHECK(running.metric("troupe_websocket_handshakes_refused_total") == 1);
}

TEST_CASE("what isn't a handshake is told what would be") {
  session_fixture running;
  const auto whole = handshake("/echo");
  const auto request = GENERATE_COPY(
      without(whole, "Upgrade: websocket"), without(whole, "Connection: "), without(whole, "Sec-WebSocket-Version"),
      without(whole, "Sec-WebSocket-Version").insert(20, "Sec-WebSocket-Version: 8\r\n"));
  const auto answer = ask(running, request);
  CHECK(answer.status == 426);
  CHECK(answer.field("Upgrade") == "websocket");
  CHECK(answer.field("Connection") == "Upgrade");
  CHECK(answer.field("Sec-WebSocket-Version") == "13");
}

TEST_CASE("a handshake without a proper key is refused") {
  session_fixture running;
  const auto request = without(handshake("/echo"), "Sec-WebSocket-Key");
  CHECK(ask(running, request).status == 400);
  const std::string key = GENERATE("", "c2hvcnQ=", "dGhlIHNhbXBsZSBub25jZQ", "!!!!IHNhbXBsZSBub25jZQ==");
  auto keyed = request;
  keyed.insert(keyed.size() - 2, "Sec-WebSocket-Key: " + key + "\r\n");
  CHECK(ask(running, keyed).status == 400);
  CHECK(ask(running, handshake("/echo", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")).status == 400);
}

TEST_CASE("HTTP/1.0 can't change the protocol") {
  session_fixture running;
  auto request = handshake("/echo");
  request.replace(request.find("HTTP/1.1"), 8, "HTTP/1.0");
  CHECK(ask(running, request).status == 400);
  CHECK(running.seen.has("gone"));
}

TEST_CASE("pages of other origins are refused") {
  net::websocket::settings s;
  s.origins = {"https://app.example"};
  session_fixture running{s};
  const auto answer_to = [&](const std::string& origin) {
    return ask(running, handshake("/echo", "Origin: " + origin + "\r\n")).status;
  };
  CHECK(answer_to("http://localhost:8080") == 101);
  CHECK(answer_to("https://app.example") == 101);
  CHECK(answer_to("https://app.example:443") == 101);
  const std::string foreign = GENERATE("https://evil.example", "http://app.example", "https://app.example:444", "null",
                                       "http://localhost", "http://localhost:8081", "file://", "https://",
                                       "https://app.example.evil.example", "https://localhost:8080/x");
  CHECK(answer_to(foreign) == 403);
}

TEST_CASE("a host's usual port may be left out of the origin") {
  const net::websocket::settings s;
  CHECK(net::websocket::is_origin_allowed("https://Example.org", "example.org:443", s));
  CHECK(net::websocket::is_origin_allowed("https://example.org", "example.org", s));
  CHECK(net::websocket::is_origin_allowed("http://example.org:80", "example.org", s));
  CHECK_FALSE(net::websocket::is_origin_allowed("https://example.org:80", "example.org", s));
  CHECK_FALSE(net::websocket::is_origin_allowed("ftp://example.org", "example.org", s));
}
