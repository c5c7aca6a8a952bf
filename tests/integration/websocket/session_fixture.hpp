#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "client.hpp"
#include "net/http/server.hpp"
#include "net/io_threads.hpp"
#include "net/websocket/endpoint.hpp"

namespace troupe::testing {

/// What happened on the server, for a test to wait for.
class journal {
public:
  void note(std::string what);
  /// Whether something was noted, or is within 10 s.
  bool has(std::string_view what);
  std::size_t count(std::string_view what);
  void keep(net::websocket::session s);
  /// The session that was opened last; waits for one.
  net::websocket::session session();

private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> notes_;
  std::optional<net::websocket::session> session_;
};

/// A server on a free port of the loopback. `/echo` sends each message back, `/early` the same once it was sent
/// "let me in", `/throws` throws at a message, `/later` answers the request from another thread. What happens is
/// noted: "open", "closed CODE REASON", "writable", "gone" (the listener was destroyed).
class session_fixture {
public:
  explicit session_fixture(net::websocket::settings s = {}, config::server_settings http = {}, unsigned threads = 1);

  peer connect(int receive_buffer = 0) {
    return peer{server->port(), receive_buffer};
  }

  /// The value of a metric with these labels as the text format has them, or -1.
  double metric(std::string_view name_and_labels);

  config::metrics metrics;
  journal seen;
  net::io_threads io;
  std::unique_ptr<net::http::server> server;
};

/// Settings whose time limits are short, so that a test needn't wait.
net::websocket::settings hasty();

} // namespace troupe::testing
