#include "net/websocket/probe.hpp"

#include <string>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "config/metrics.hpp"
#include "net/websocket/frame.hpp"

namespace troupe::net::websocket {

namespace {

using counters = prometheus::Family<prometheus::Counter>;

counters& family(config::metrics& metrics, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(metrics.registry());
}

/// Clients choose codes: those beyond the standard's share a label, apart from the one that is ours.
std::string label(std::uint16_t number) {
  return number < 3'000 || number == code::token_expired ? std::to_string(number) : "other";
}

} // namespace

probe::probe(config::metrics& metrics)
    : open_{prometheus::BuildGauge()
                .Name("troupe_websocket_sessions_open")
                .Help("WebSocket sessions that are open")
                .Register(metrics.registry())
                .Add({})},
      refused_{family(metrics, "troupe_websocket_handshakes_refused_total", "Requests for a session that were refused")
                   .Add({})},
      frames_{family(metrics, "troupe_websocket_frames_total", "Messages and control frames, by direction")},
      bytes_{family(metrics, "troupe_websocket_bytes_total",
                    "Bytes by direction: payloads that came in, frames that went out")},
      frames_in_{frames_.Add({{"direction", "in"}})}, frames_out_{frames_.Add({{"direction", "out"}})},
      bytes_in_{bytes_.Add({{"direction", "in"}})}, bytes_out_{bytes_.Add({{"direction", "out"}})},
      rejected_{family(metrics, "troupe_websocket_rejected_frames_total",
                       "Frames of clients that broke a rule or a limit, by the code that ended the session")},
      closed_{family(metrics, "troupe_websocket_closed_total", "Sessions that ended, by close code")} {}

void probe::opened() {
  open_.Increment();
}

void probe::closed(std::uint16_t number) {
  open_.Decrement();
  closed_.Add({{"code", label(number)}}).Increment();
}

void probe::refused() {
  refused_.Increment();
}

void probe::frame_in(std::size_t payload) {
  frames_in_.Increment();
  bytes_in_.Increment(static_cast<double>(payload));
}

void probe::frame_out(std::size_t bytes) {
  frames_out_.Increment();
  bytes_out_.Increment(static_cast<double>(bytes));
}

void probe::rejected(std::uint16_t number) {
  rejected_.Add({{"code", label(number)}}).Increment();
}

} // namespace troupe::net::websocket
