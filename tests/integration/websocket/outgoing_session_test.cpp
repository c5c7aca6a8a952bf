#include "net/websocket/client.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "certificate.hpp"
#include "session_fixture.hpp"

using namespace troupe;
using namespace troupe::testing;
using namespace std::chrono_literals;
using net::websocket::client_settings;
using net::websocket::ending;

namespace {

/// A client of a server on the loopback, and what it was told.
class caller {
public:
  explicit caller(std::uint16_t port, std::string target = "/echo", bool secure = false, std::string ca_file = {},
                  std::string host = "127.0.0.1") {
    client_settings to;
    to.where = {secure, std::move(host), port, {}};
    to.target = std::move(target);
    to.ca_file = std::move(ca_file);
    to.protocol = "talk";
    session.emplace(io, std::move(to),
                    net::websocket::client::listener{[this] { seen.note("open"); },
                                                     [this](std::string_view text) { seen.note(std::string{text}); },
                                                     [this](ending why) { ended(std::move(why)); }});
  }

  ending end() {
    std::unique_lock lock{mutex_};
    REQUIRE(came_.wait_for(lock, 10s, [&] { return end_.has_value(); }));
    return *end_;
  }

  journal seen;
  net::io_threads io{1};
  std::optional<net::websocket::client> session;

private:
  void ended(ending why) {
    const std::lock_guard guard{mutex_};
    end_ = std::move(why);
    came_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::optional<ending> end_;
};

net::websocket::settings talking() {
  net::websocket::settings out;
  out.protocols = {"talk"};
  return out;
}

} // namespace

TEST_CASE("what a client sends comes back, and was sent though the session wasn't open yet") {
  session_fixture server{talking()};
  caller one{server.server->port()};
  one.session->send("Grüße");
  CHECK(one.seen.has("open"));
  CHECK(one.seen.has("Grüße"));
  const std::string large(300'000, 'x');
  one.session->send(large);
  CHECK(one.seen.has(large));
}

TEST_CASE("a client that closes is let go in good order") {
  session_fixture server{talking()};
  caller one{server.server->port()};
  one.session->close();
  CHECK(one.end().code == net::websocket::code::normal);
  CHECK(server.seen.has("closed 1000 "));
}

TEST_CASE("a client is told why the server closes") {
  session_fixture server{talking()};
  caller one{server.server->port()};
  REQUIRE(one.seen.has("open"));
  server.seen.session().close(4401, "the token has expired");
  const auto why = one.end();
  CHECK(why.code == 4401);
  CHECK(why.reason == "the token has expired");
}

TEST_CASE("a client is told with which answer it was refused") {
  session_fixture server{talking()};
  caller one{server.server->port(), "/nowhere"};
  const auto why = one.end();
  CHECK(why.status == 404);
  CHECK(why.body.find("\"status\":404") != why.body.npos);
  CHECK(one.seen.count("open") == 0);
}

TEST_CASE("a client is told when nobody listens, and when the server goes without a word") {
  std::uint16_t port = 0;
  {
    session_fixture server{talking()};
    port = server.server->port();
    caller one{port};
    REQUIRE(one.seen.has("open"));
    server.io.stop();
    server.server.reset();
    CHECK(one.end().code != net::websocket::code::normal);
  }
  const auto why = caller{port}.end();
  CHECK(why.status == 0);
  CHECK(why.reason == "Connection refused");
}

TEST_CASE("with TLS a server is trusted whose certificate names it and comes from a known authority") {
  certificate identity{"DNS:localhost"};
  config::server_settings http;
  http.tls.certificate = identity.file;
  http.tls.key = identity.key;
  session_fixture server{talking(), http};
  caller known{server.server->port(), "/echo", true, identity.file, "localhost"};
  known.session->send("hello");
  CHECK(known.seen.has("hello"));
  caller unknown{server.server->port(), "/echo", true, {}, "localhost"};
  CHECK(unknown.end().reason.find("certificate verify failed") != std::string::npos);
  caller misnamed{server.server->port(), "/echo", true, identity.file, "127.0.0.1"};
  CHECK(misnamed.end().reason.find("certificate verify failed") != std::string::npos);
}

TEST_CASE("a client that is gone is told nothing") {
  session_fixture server{talking()};
  caller one{server.server->port()};
  one.session.reset();
  CHECK(one.seen.count("open") <= 1);
  caller other{server.server->port()};
  REQUIRE(other.seen.has("open"));
  other.session.reset();
  server.seen.session().send("too late");
  CHECK(other.seen.count("too late") == 0);
}
