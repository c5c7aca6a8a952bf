#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "net/http/server.hpp"
#include "net/io_threads.hpp"
#include "peer.hpp"

namespace troupe::testing {

/// Replies that a handler has kept, for a test to give.
class kept_replies {
public:
  void keep(net::http::reply r);
  /// Waits for the next one; empty after 10 s.
  net::http::reply take();

private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<net::http::reply> kept_;
};

/// A server on a free port of the loopback with a few routes:
/// `GET /hello`, `POST /echo` (the body back), `POST /json` (JSON only), `GET /kept` (answered by the test),
/// `GET /watched` (the same, and hears of clients that go), `GET /dropped`, `GET /throws`, `GET /large` (8 MiB), `GET
/// /jobs/{id}`, `GET /broken` (an answer that can't be sent).
class server_fixture {
public:
  explicit server_fixture(config::server_settings settings = {}, unsigned threads = 1);

  peer connect(int receive_buffer = 0) {
    return peer{server->port(), receive_buffer};
  }

  /// The value of a metric with these labels as the text format has them, or -1.
  double metric(std::string_view name_and_labels);

  config::server_settings settings;
  config::metrics metrics;
  kept_replies kept;
  std::stop_token gone; ///< of the request whose reply was kept last
  std::string last_remote_address;
  net::io_threads io;
  std::unique_ptr<net::http::server> server;
};

/// Settings whose limits are short, so that a test needn't wait.
config::server_settings impatient();

std::string get(std::string_view path, std::string_view fields = {});
std::string post(std::string_view path, std::string_view body, std::string_view fields = {});

} // namespace troupe::testing
