#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "session_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::testing;
using net::websocket::make_frame;
using net::websocket::opcode;

TEST_CASE("what other threads send arrives in each one's order") {
  session_fixture running;
  auto wire = running.connect();
  client c{wire};
  c.open("/echo");
  const auto session = running.seen.session();
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&session, t] {
      for (int i = 0; i < 500; ++i)
        session.send(std::to_string(t) + " " + std::to_string(i));
    });
  std::vector<int> next(3);
  for (int i = 0; i < 1'500; ++i) {
    const auto text = c.hear();
    const auto from = static_cast<std::size_t>(text[0] - '0');
    REQUIRE(from < 3);
    REQUIRE(text.substr(2) == std::to_string(next[from]++));
  }
  for (auto& each : threads)
    each.join();
}

TEST_CASE("one frame serves many sessions") {
  session_fixture running{{}, {}, 2};
  std::vector<peer> wires;
  std::vector<net::websocket::session> sessions;
  for (int i = 0; i < 20; ++i) {
    wires.push_back(running.connect());
    client c{wires.back()};
    c.open("/echo");
    c.say("x"); // so it has been opened
    REQUIRE(c.hear() == "x");
    sessions.push_back(running.seen.session());
  }
  const std::string text(100'000, 'x');
  const auto frame = make_frame(opcode::text, text);
  for (auto& each : sessions)
    REQUIRE(each.send(frame));
  for (auto& each : wires)
    CHECK(client{each}.hear() == text);
}

TEST_CASE("a client that is behind is sent whole messages or nothing, and its sender learns when there is room") {
  net::websocket::settings s;
  s.queue_limit = 100'000;
  session_fixture running{s};
  auto wire = running.connect(4'096);
  client c{wire};
  c.open("/echo");
  const auto session = running.seen.session();
  int accepted = 0;
  std::string text(20'000, 'x');
  while (session.send(std::to_string(accepted) + " " + text))
    ++accepted;
  CHECK(session.is_open());
  CHECK(session.queued() >= s.queue_limit);
  CHECK(session.queued() <= s.queue_limit + text.size() + 100);
  CHECK(running.seen.count("writable") == 0);
  for (int i = 0; i < accepted; ++i)
    REQUIRE(c.hear() == std::to_string(i) + " " + text);
  CHECK(running.seen.has("writable"));
  CHECK(running.seen.count("writable") == 1);
  REQUIRE(session.send("caught up"));
  CHECK(c.hear() == "caught up");
}

TEST_CASE("what was sent before a close arrives, what is sent behind doesn't") {
  session_fixture running;
  auto wire = running.connect();
  client c{wire};
  c.open("/echo");
  const auto session = running.seen.session();
  const std::string text(50'000, 'x');
  REQUIRE(session.send(text));
  session.close(1000, "done");
  session.send("too late");
  CHECK(c.hear() == text);
  const auto close = c.receive();
  REQUIRE(close);
  CHECK(close->kind == opcode::close);
  CHECK(close->code() == 1000);
  REQUIRE(c.send(write_close(1000)));
  CHECK(c.at_end());
  CHECK(running.seen.has("closed 1000 done"));
}

TEST_CASE("pings of a client that takes nothing don't pile up") {
  net::websocket::settings s;
  s.queue_limit = 50'000;
  session_fixture running{s};
  auto wire = running.connect(4'096);
  client c{wire};
  c.open("/echo");
  const auto session = running.seen.session();
  int accepted = 0;
  while (session.send(std::string(20'000, 'x')))
    ++accepted;
  for (int i = 0; i < 10'000; ++i)
    REQUIRE(c.send(write_frame(std::to_string(i), {.kind = opcode::ping})));
  REQUIRE(c.say("last"));
  std::string last_pong;
  int pongs = 0;
  for (int messages = 0; messages < accepted;) {
    const auto frame = c.receive();
    REQUIRE(frame);
    if (frame->kind == opcode::pong) {
      ++pongs;
      last_pong = frame->payload;
    } else {
      ++messages;
    }
  }
  while (last_pong != "9999") {
    const auto frame = c.receive();
    REQUIRE(frame);
    if (frame->kind == opcode::pong) {
      ++pongs;
      last_pong = frame->payload;
    }
  }
  CHECK(pongs < 10'000);
}
