#include <future>
#include <memory>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "session_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::testing;
using net::websocket::opcode;

TEST_CASE("a silent client is asked whether it is there, and ended when it doesn't answer") {
  session_fixture running{hasty()};
  auto wire = running.connect();
  client c{wire};
  c.open("/echo");
  const auto ping = c.receive();
  REQUIRE(ping);
  CHECK(ping->kind == opcode::ping);
  CHECK(c.at_end());
  CHECK(running.seen.has("closed 1006 "));
}

TEST_CASE("a client is asked in time also when it has said something") {
  net::websocket::settings s;
  s.keep_alive = 2s;
  config::server_settings http;
  http.idle_timeout = 3s; // the same wheel ends an idle connection then
  session_fixture running{s, http};
  auto idle = running.connect();
  auto wire = running.connect();
  client c{wire};
  c.open("/echo");
  REQUIRE(c.say("hello"));
  REQUIRE(c.hear() == "hello");
  CHECK(idle.at_end());
  REQUIRE(wire.has_answer());
  CHECK(c.receive()->kind == opcode::ping);
}

TEST_CASE("a silent client that answers pings stays") {
  net::websocket::settings s;
  s.keep_alive = 700ms; // a busy machine's client must find the time to answer
  session_fixture running{s};
  auto wire = running.connect();
  client c{wire};
  c.open("/echo");
  for (int i = 0; i < 2; ++i) {
    const auto ping = c.receive();
    REQUIRE(ping);
    REQUIRE(ping->kind == opcode::ping);
    REQUIRE(c.send(write_frame(ping->payload, {.kind = opcode::pong})));
  }
  REQUIRE(c.say("still here"));
  CHECK(c.hear() == "still here");
}

TEST_CASE("a message that never ends is refused, though its client is there") {
  session_fixture running{hasty()};
  auto wire = running.connect();
  client c{wire};
  c.open("/echo");
  REQUIRE(c.send(write_frame("begun", {.final = false})));
  for (;;) {
    const auto frame = c.receive();
    REQUIRE(frame);
    if (frame->kind == opcode::close) {
      CHECK(frame->code() == 1008);
      return;
    }
    c.send(write_frame("", {.kind = opcode::pong}));
  }
}

TEST_CASE("a client that doesn't show who it is has little time") {
  session_fixture running{hasty()};
  auto wire = running.connect();
  client c{wire};
  c.open("/early");
  const auto close = c.receive();
  REQUIRE(close);
  CHECK(close->code() == 1008);
  CHECK(running.seen.has("closed 1008 The client didn't show in time who it is."));
}

TEST_CASE("messages may be large only once a client was admitted") {
  session_fixture running;
  const std::string large(20'000, 'x');
  auto stranger_wire = running.connect();
  client stranger{stranger_wire};
  stranger.open("/early");
  REQUIRE(stranger.say(large));
  const auto close = stranger.receive();
  REQUIRE(close);
  CHECK(close->code() == 1009);
  auto known_wire = running.connect();
  client known{known_wire};
  known.open("/early");
  REQUIRE(known.say("let me in"));
  REQUIRE(known.hear() == "let me in");
  REQUIRE(known.say(large));
  CHECK(known.hear() == large);
}

TEST_CASE("a client that is closed and says nothing is ended") {
  session_fixture running{hasty()};
  auto wire = running.connect();
  client c{wire};
  c.open("/echo");
  running.seen.session().close(4401, "token expired");
  for (auto frame = c.receive(); frame; frame = c.receive())
    if (frame->kind == opcode::close)
      CHECK((frame->code() == 4401 && frame->reason() == "token expired"));
  CHECK(running.seen.has("closed 4401 token expired"));
}

TEST_CASE("a client that takes nothing is ended") {
  session_fixture running{hasty()};
  auto wire = running.connect(4'096);
  client c{wire};
  c.open("/echo");
  const auto session = running.seen.session();
  const std::string text(60'000, 'x');
  while (session.is_open())
    session.send(text);
  CHECK(running.seen.has("closed 1006 "));
}

TEST_CASE("sessions don't keep a server from stopping, and are told that it does") {
  session_fixture running{{}, {}, GENERATE(1U, 3U)};
  auto wire = running.connect();
  client c{wire};
  c.open("/echo");
  auto deaf_wire = running.connect();
  client{deaf_wire}.open("/echo");
  auto done = std::make_shared<std::promise<void>>();
  auto drained = done->get_future();
  running.server->drain([done] { done->set_value(); });
  const auto close = c.receive();
  REQUIRE(close);
  CHECK(close->code() == 1001);
  REQUIRE(c.send(write_close(1001)));
  CHECK(c.at_end());
  CHECK(drained.wait_for(10s) == std::future_status::ready);
  CHECK(running.seen.has("closed 1001 The server is stopping."));
}

TEST_CASE("a session's handle may outlive server and network threads") {
  net::websocket::session session;
  {
    session_fixture running;
    auto wire = running.connect();
    client{wire}.open("/echo");
    session = running.seen.session();
    running.server.reset();
    CHECK(running.seen.has("gone"));
  }
  CHECK_FALSE(session.send("to nobody"));
  CHECK_NOTHROW(session.close(1000));
}
