#include <algorithm>
#include <memory>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "certificate.hpp"
#include "session_fixture.hpp"

using namespace troupe;
using namespace troupe::testing;
using net::websocket::opcode;

namespace {

/// A session on `/echo`, plain or with TLS.
struct opened {
  explicit opened(bool secure) {
    config::server_settings http;
    if (secure) {
      identity = std::make_unique<certificate>("DNS:localhost");
      http.tls.certificate = identity->file;
      http.tls.key = identity->key;
    }
    running = std::make_unique<session_fixture>(net::websocket::settings{}, http);
    if (secure) {
      secure_wire = std::make_unique<tls_peer>(tls_peer::client(running->connect()));
      to = std::make_unique<client>(*secure_wire);
    } else {
      wire = std::make_unique<peer>(running->connect());
      to = std::make_unique<client>(*wire);
    }
    REQUIRE(to->open("/echo").starts_with("HTTP/1.1 101"));
  }

  std::unique_ptr<certificate> identity;
  std::unique_ptr<session_fixture> running;
  std::unique_ptr<peer> wire;
  std::unique_ptr<tls_peer> secure_wire;
  std::unique_ptr<client> to;
};

} // namespace

TEST_CASE("messages of any size come back whole, plain and with TLS") {
  opened o{GENERATE(false, true)};
  for (const std::size_t size : {0, 1, 125, 126, 65'535, 65'536, 1'000'000}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
      text += static_cast<char>('a' + i % 26);
    REQUIRE(o.to->say(text));
    const auto back = o.to->receive();
    REQUIRE(back);
    CHECK((back->kind == opcode::text && back->final && !back->masked));
    CHECK(back->payload == text);
  }
}

TEST_CASE("frames are understood wherever they were cut, with control frames in between") {
  opened o{GENERATE(false, true)};
  const auto bytes = write_frame("Gr\xc3", {.final = false}) + write_frame("one", {.kind = opcode::ping})
                     + write_frame("\xbc\xc3", {.kind = opcode::continuation, .final = false})
                     + write_frame("\x9f", {.kind = opcode::continuation});
  const auto piece = GENERATE(1U, 3U, 1'000U);
  for (std::size_t at = 0; at < bytes.size(); at += piece)
    REQUIRE(o.to->send(bytes.substr(at, piece)));
  const auto pong = o.to->receive();
  REQUIRE(pong);
  CHECK(pong->kind == opcode::pong);
  CHECK(pong->payload == "one");
  CHECK(o.to->hear() == "Grüß");
}

TEST_CASE("many messages in one piece are all answered, in order") {
  opened o{GENERATE(false, true)};
  std::string bytes;
  for (int i = 0; i < 2'000; ++i)
    bytes += write_frame(std::to_string(i));
  REQUIRE(o.to->send(bytes));
  for (int i = 0; i < 2'000; ++i)
    REQUIRE(o.to->hear() == std::to_string(i));
}

TEST_CASE("a client that closes gets its code back, then the end") {
  opened o{GENERATE(false, true)};
  const auto [bytes, code, noted] = GENERATE(
      table<std::string, std::uint16_t, std::string>({{write_close(1000, "bye"), 1000, "closed 1000 bye"},
                                                      {write_close(4000), 4000, "closed 4000 "},
                                                      {write_frame("", {.kind = opcode::close}), 0, "closed 1005 "}}));
  REQUIRE(o.to->say("last words"));
  REQUIRE(o.to->send(bytes));
  CHECK(o.to->hear() == "last words");
  const auto back = o.to->receive();
  REQUIRE(back);
  CHECK(back->kind == opcode::close);
  CHECK(back->code() == code);
  CHECK(o.to->at_end());
  CHECK(o.running->seen.has(noted));
  CHECK(o.running->seen.has("gone"));
  CHECK(o.running->metric("troupe_websocket_sessions_open") == 0);
}

TEST_CASE("a client that breaks a rule is told which, and its session ends") {
  opened o{GENERATE(false, true)};
  const auto [bytes, code] =
      GENERATE(table<std::string, std::uint16_t>({{write_frame("x", {.masked = false}), 1002},
                                                  {write_frame("x", {.reserved = 4}), 1002},
                                                  {write_frame("x", {.kind = opcode::continuation}), 1002},
                                                  {write_frame("x", {.kind = opcode::binary}), 1003},
                                                  {write_frame("\xff"), 1007},
                                                  {write_frame(std::string((1 << 20) + 1, 'x')), 1009}}));
  REQUIRE(o.to->say("before"));
  o.to->send(bytes); // the end of a large one may not be wanted any more
  CHECK(o.to->hear() == "before");
  const auto back = o.to->receive();
  REQUIRE(back);
  CHECK(back->kind == opcode::close);
  CHECK(back->code() == code);
  CHECK(!back->reason().empty());
  CHECK(o.running->metric("troupe_websocket_rejected_frames_total{code=\"" + std::to_string(code) + "\"}") == 1);
}

TEST_CASE("messages are answered before the close that came with them, or the rule that was broken behind them") {
  opened o{GENERATE(false, true)};
  const auto [bytes, code] =
      GENERATE(table<std::string, std::uint16_t>({{write_close(1000), 1000}, {write_frame("\xff"), 1007}}));
  REQUIRE(o.to->send(write_frame("one") + write_frame("two") + bytes));
  CHECK(o.to->hear() == "one");
  CHECK(o.to->hear() == "two");
  const auto back = o.to->receive();
  REQUIRE(back);
  CHECK(back->code() == code);
}

TEST_CASE("a client that vanishes is noticed") {
  session_fixture running;
  auto wire = running.connect();
  REQUIRE(client{wire}.open("/echo").starts_with("HTTP/1.1 101"));
  const bool with_reset = GENERATE(false, true);
  if (with_reset)
    wire.reset();
  else
    wire.close();
  CHECK(running.seen.has("closed 1006 "));
  CHECK(running.seen.has("gone"));
  CHECK_FALSE(running.seen.session().is_open());
  CHECK_FALSE(running.seen.session().send("to nobody"));
}

TEST_CASE("a listener that throws ends its session with 1011") {
  session_fixture running;
  auto wire = running.connect();
  client c{wire};
  c.open("/throws");
  REQUIRE(c.say("hello"));
  const auto back = c.receive();
  REQUIRE(back);
  CHECK(back->code() == 1011);
}

TEST_CASE("frames and bytes are counted") {
  opened o{false};
  REQUIRE(o.to->say("hello"));
  REQUIRE(o.to->hear() == "hello");
  CHECK(o.running->metric("troupe_websocket_sessions_open") == 1);
  CHECK(o.running->metric("troupe_websocket_frames_total{direction=\"in\"}") == 1);
  CHECK(o.running->metric("troupe_websocket_bytes_total{direction=\"in\"}") == 5);
  CHECK(o.running->metric("troupe_websocket_frames_total{direction=\"out\"}") == 1);
  CHECK(o.running->metric("troupe_websocket_bytes_total{direction=\"out\"}") == 7);
}
