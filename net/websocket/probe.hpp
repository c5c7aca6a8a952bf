#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <prometheus/family.h>

namespace prometheus {
class Counter;
class Gauge;
} // namespace prometheus

namespace troupe::config {
class metrics;
}

namespace troupe::net::websocket {

/// The metrics of all sessions. Any thread.
class probe {
public:
  explicit probe(config::metrics& metrics);

  void opened();
  /// @param number what the session was closed with
  void closed(std::uint16_t number);
  /// A handshake was refused.
  void refused();
  void frame_in(std::size_t payload);
  void frame_out(std::size_t bytes);
  /// A client's frame broke a rule or a limit; the session ends with this code.
  void rejected(std::uint16_t number);

private:
  prometheus::Gauge& open_;
  prometheus::Counter& refused_;
  prometheus::Family<prometheus::Counter>& frames_;
  prometheus::Family<prometheus::Counter>& bytes_;
  prometheus::Counter& frames_in_;
  prometheus::Counter& frames_out_;
  prometheus::Counter& bytes_in_;
  prometheus::Counter& bytes_out_;
  prometheus::Family<prometheus::Counter>& rejected_;
  prometheus::Family<prometheus::Counter>& closed_;
};

} // namespace troupe::net::websocket
