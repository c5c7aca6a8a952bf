#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <prometheus/family.h>

#include "net/http/router.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
} // namespace prometheus

namespace troupe::config {
class metrics;
}

namespace troupe::net::http {

/// What a connection was doing when its time was up.
enum class time_limit : std::uint8_t { handshake, idle, head, body, send };

/// The metrics of a server. Their number is bounded by the routes: paths and methods that nobody answers share a
/// label. Any thread.
class server_probe {
public:
  server_probe(config::metrics& metrics, const router& routes);

  void answered(const route_entry* path, std::string_view method, unsigned status,
                std::chrono::steady_clock::duration took);
  /// A request that was refused before it had a route.
  void refused_request(unsigned status);
  void timed_out(time_limit limit);
  void connection_opened();
  void connection_closed();
  /// A connection beyond the limit.
  void refused_connection();
  void failed_handshake();
  void stream_opened();
  void stream_closed();

private:
  using counters = std::array<std::atomic<prometheus::Counter*>, 9 * 6>;

  /// One per route, the last for unknown paths.
  struct route_series {
    std::string_view pattern;
    counters requests{};
    prometheus::Histogram* duration = nullptr;
  };

  void count(route_series& series, std::string_view method, unsigned status);

  prometheus::Family<prometheus::Counter>& requests_;
  std::vector<std::unique_ptr<route_series>> series_;
  std::array<prometheus::Counter*, 5> time_outs_{};
  prometheus::Gauge& open_;
  prometheus::Gauge& streams_;
  prometheus::Counter& accepted_;
  prometheus::Counter& refused_;
  prometheus::Counter& failed_handshakes_;
};

} // namespace troupe::net::http
