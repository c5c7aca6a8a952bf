#include <algorithm>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "certificate.hpp"
#include "net/http/stream.hpp"
#include "server_fixture.hpp"
#include "tls_peer.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::testing;
using net::http::reply;
using net::http::request;
using net::http::stream;

namespace {

/// What happened to the streams of a server.
class stream_journal {
public:
  void note(const std::string& what) {
    std::lock_guard guard{mutex_};
    notes_ += what + ";";
    came_.notify_all();
  }
  void keep(const stream& s) {
    std::lock_guard guard{mutex_};
    streams_.push_back(s);
    came_.notify_all();
  }
  stream take() {
    std::unique_lock lock{mutex_};
    if (!came_.wait_for(lock, 10s, [this] { return !streams_.empty(); }))
      return {};
    auto last = streams_.back();
    streams_.pop_back();
    return last;
  }
  /// Whether it was noted, or is within 10 s.
  bool has(const std::string& what) {
    std::unique_lock lock{mutex_};
    return came_.wait_for(lock, 10s, [&] { return notes_.find(what + ";") != notes_.npos; });
  }

private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<stream> streams_;
  std::string notes_;
};

class noting final : public net::http::stream_listener {
public:
  noting(stream_journal& into, bool throws) : seen_{into}, throws_{throws} {}
  ~noting() override {
    seen_.note("gone");
  }
  void on_open(const stream& s) override {
    if (throws_)
      throw std::runtime_error{"x"};
    seen_.keep(s);
    seen_.note("open");
  }
  void on_writable() override {
    seen_.note("writable");
  }
  void on_closed(bool complete) override {
    seen_.note(complete ? "complete" : "cut off");
  }

private:
  stream_journal& seen_;
  bool throws_;
};

/// A server whose `GET /stream` is written by the test.
class stream_fixture {
public:
  explicit stream_fixture(net::http::stream_settings s = {}, config::server_settings http = {}) : io{1} {
    http.port = 0;
    net::http::router routes;
    routes.add("GET", "/stream",
               [this, s](const request&, reply done) { done(make_stream(s, std::make_unique<noting>(seen, false))); });
    routes.add("GET", "/throws",
               [this, s](const request&, reply done) { done(make_stream(s, std::make_unique<noting>(seen, true))); });
    routes.add("GET", "/hello", [](const request&, reply done) { done({200, "text/plain", {}, "hello"}); });
    server = std::make_unique<net::http::server>(io, http, std::move(routes), metrics);
    server->start();
  }

  config::metrics metrics;
  stream_journal seen;
  net::io_threads io;
  std::unique_ptr<net::http::server> server;
};

/// The next chunk's data; empty = the last chunk, or the end of the connection.
std::string chunk(peer& from) {
  std::string size;
  while (!size.ends_with("\r\n")) {
    const auto more = from.receive(1);
    if (more.empty())
      return {};
    size += more;
  }
  const auto data = from.receive_exactly(std::stoul(size, nullptr, 16) + 2);
  return data.substr(0, data.size() - 2);
}

/// Everything up to the last chunk.
std::string chunks(peer& from) {
  std::string result;
  for (auto next = chunk(from); !next.empty(); next = chunk(from))
    result += next;
  return result;
}

} // namespace

TEST_CASE("a stream's head goes out first, then each piece as it comes") {
  stream_fixture running;
  peer c{running.server->port()};
  REQUIRE(c.send(get("/stream")));
  const auto head = c.response(true);
  CHECK(head.status == 200);
  CHECK(head.field("Content-Type") == "text/event-stream");
  CHECK(head.field("Transfer-Encoding") == "chunked");
  CHECK(head.field("Content-Length").empty());
  CHECK(head.field("Cache-Control") == "no-store");
  const auto s = running.seen.take();
  REQUIRE(s.send(net::http::make_event("one", "1")));
  CHECK(chunk(c) == "id: 1\ndata: one\n\n");
  REQUIRE(s.send("two"));
  CHECK(chunk(c) == "two");
  s.end();
  CHECK(chunk(c).empty());
  CHECK(running.seen.has("complete"));
  CHECK(running.seen.has("gone"));
  CHECK_FALSE(s.send("too late"));
}

TEST_CASE("a connection goes on with requests behind a stream, also with those that came before its end") {
  stream_fixture running;
  peer c{running.server->port()};
  const bool early = GENERATE(false, true);
  REQUIRE(c.send(get("/stream") + (early ? get("/hello") : "")));
  CHECK(c.response(true).status == 200);
  const auto s = running.seen.take();
  REQUIRE(s.send("body"));
  s.end();
  CHECK(chunks(c) == "body");
  if (!early)
    REQUIRE(c.send(get("/hello")));
  CHECK(c.response().body == "hello");
  REQUIRE(c.send(get("/stream")));
  CHECK(c.response(true).status == 200);
}

TEST_CASE("a client of HTTP/1.0 gets a stream that ends with the connection") {
  stream_fixture running;
  peer c{running.server->port()};
  REQUIRE(c.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  const auto head = c.response(true);
  CHECK(head.field("Transfer-Encoding").empty());
  CHECK(head.field("Connection") == "close");
  const auto s = running.seen.take();
  REQUIRE(s.send("one"));
  REQUIRE(s.send("two"));
  s.end();
  CHECK(c.receive_all() == "onetwo");
  CHECK(running.seen.has("complete"));
}

TEST_CASE("a stream's last piece arrives though its client asked for the connection to be closed") {
  stream_fixture running;
  peer c{running.server->port()};
  REQUIRE(c.send(get("/stream", "Connection: close\r\n") + get("/hello")));
  CHECK(c.response(true).field("Connection") == "close");
  const auto s = running.seen.take();
  REQUIRE(s.send("body"));
  s.end();
  CHECK(chunks(c) == "body");
  CHECK(c.at_end());
}

TEST_CASE("HEAD gets a stream's head and nothing else") {
  stream_fixture running;
  peer c{running.server->port()};
  REQUIRE(c.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n" + get("/hello")));
  const auto head = c.response(true);
  CHECK(head.status == 200);
  CHECK(head.field("Content-Type") == "text/event-stream");
  CHECK(c.response().body == "hello");
  CHECK(running.seen.has("gone"));
}

TEST_CASE("a stream that has nothing to say shows that it is there") {
  net::http::stream_settings s;
  s.keep_alive = 40ms;
  stream_fixture running{s};
  peer c{running.server->port()};
  REQUIRE(c.send(get("/stream")));
  CHECK(c.response(true).status == 200);
  CHECK(chunk(c) == ":\n\n");
  CHECK(chunk(c) == ":\n\n");
}

TEST_CASE("a heartbeat comes in time also behind something that was said") {
  net::http::stream_settings s;
  s.keep_alive = 2s;
  config::server_settings http;
  http.idle_timeout = 3s; // the same wheel ends an idle connection then
  stream_fixture running{s, http};
  peer idle{running.server->port()};
  peer c{running.server->port()};
  REQUIRE(c.send(get("/stream")));
  CHECK(c.response(true).status == 200);
  running.seen.take().send("said");
  CHECK(chunk(c) == "said");
  CHECK(idle.at_end());
  REQUIRE(c.has_answer());
  CHECK(chunk(c) == ":\n\n");
}

TEST_CASE("a stream's client that has gone is noticed") {
  stream_fixture running;
  peer c{running.server->port()};
  REQUIRE(c.send(get("/stream")));
  CHECK(c.response(true).status == 200);
  const auto s = running.seen.take();
  const bool with_reset = GENERATE(false, true);
  if (with_reset)
    c.reset();
  else
    c.close();
  CHECK(running.seen.has("cut off"));
  CHECK_FALSE(s.is_open());
}

TEST_CASE("a stream's client that takes nothing is given up") {
  net::http::stream_settings settings;
  settings.keep_alive = 40ms;
  stream_fixture running{settings};
  peer c{running.server->port(), 4'096};
  REQUIRE(c.send(get("/stream")));
  const auto s = running.seen.take();
  while (s.is_open())
    s.send(std::string(60'000, 'x'));
  CHECK(running.seen.has("cut off"));
}

TEST_CASE("a stream's client that is behind gets whole pieces or none, and the sender learns when there is room") {
  net::http::stream_settings settings;
  settings.queue_limit = 100'000;
  stream_fixture running{settings};
  peer c{running.server->port(), 4'096};
  REQUIRE(c.send(get("/stream")));
  REQUIRE(c.response(true).status == 200);
  const auto s = running.seen.take();
  std::string expected;
  for (int i = 0;; ++i) {
    const auto piece = std::to_string(i) + std::string(20'000, 'x');
    if (!s.send(piece))
      break;
    expected += piece;
  }
  CHECK(s.queued() >= settings.queue_limit);
  std::string came;
  while (came.size() < expected.size()) {
    const auto next = chunk(c);
    REQUIRE(!next.empty());
    came += next;
  }
  CHECK(came == expected);
  CHECK(running.seen.has("writable"));
  REQUIRE(s.send("caught up"));
  CHECK(chunk(c) == "caught up");
}

TEST_CASE("a stream whose listener throws is cut off") {
  stream_fixture running;
  peer c{running.server->port()};
  REQUIRE(c.send(get("/throws")));
  CHECK(c.response(true).status == 200);
  CHECK(c.at_end());
  CHECK(running.seen.has("cut off"));
}

TEST_CASE("streams are ended when a server stops") {
  stream_fixture running;
  peer c{running.server->port()};
  REQUIRE(c.send(get("/stream")));
  REQUIRE(c.response(true).status == 200);
  const auto s = running.seen.take();
  REQUIRE(s.send("before"));
  CHECK(chunk(c) == "before");
  auto done = std::make_shared<std::promise<void>>();
  auto drained = done->get_future();
  running.server->drain([done] { done->set_value(); });
  CHECK(chunk(c).empty());
  CHECK(c.at_end());
  CHECK(drained.wait_for(10s) == std::future_status::ready);
  CHECK(running.seen.has("complete"));
}

TEST_CASE("streams work with TLS, several behind each other on one connection") {
  certificate identity{"DNS:localhost"};
  config::server_settings http;
  http.tls.certificate = identity.file;
  http.tls.key = identity.key;
  stream_fixture running{{}, http};
  auto c = tls_peer::client(peer{running.server->port()});
  for (int i = 0; i < 3; ++i) {
    REQUIRE(c.send(get("/stream")));
    const auto s = running.seen.take();
    for (char letter : {'a', 'b', 'c', 'd', 'e'})
      REQUIRE(s.send(std::string(30'000, letter)));
    s.end();
    std::string came;
    while (!came.ends_with("\r\n0\r\n\r\n")) {
      const auto more = c.receive();
      REQUIRE(!more.empty());
      came += more;
    }
    const auto body = came.substr(came.find("\r\n\r\n") + 4);
    for (char letter : {'a', 'b', 'c', 'd', 'e'}) // hexadecimal sizes hold some, too
      CHECK(std::count(body.begin(), body.end(), letter) >= 30'000);
  }
}

TEST_CASE("a stream's handle may outlive server and network threads") {
  stream s;
  {
    stream_fixture running;
    peer c{running.server->port()};
    REQUIRE(c.send(get("/stream")));
    s = running.seen.take();
  }
  CHECK_FALSE(s.send("to nobody"));
  CHECK_NOTHROW(s.end());
}
