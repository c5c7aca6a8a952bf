#include "net/http/server_probe.hpp"

#include <algorithm>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "config/metrics.hpp"

namespace troupe::net::http {

namespace {

constexpr std::array<std::string_view, 9> methods = {"GET",    "HEAD",    "POST", "PUT",  "PATCH",
                                                     "DELETE", "OPTIONS", "none", "other"};
constexpr std::size_t no_method = 7;
constexpr std::array<const char*, 6> classes = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};

std::size_t method_number(std::string_view method) noexcept {
  if (method.empty())
    return no_method;
  auto found = std::find(methods.begin(), methods.begin() + no_method, method);
  return found == methods.begin() + no_method ? methods.size() - 1 : static_cast<std::size_t>(found - methods.begin());
}

prometheus::Counter& counter(config::metrics& metrics, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(metrics.registry()).Add({});
}

} // namespace

server_probe::server_probe(config::metrics& metrics, const router& routes)
    : requests_{prometheus::BuildCounter()
                    .Name("troupe_http_requests_total")
                    .Help("Requests answered, by route pattern, method and class of status")
                    .Register(metrics.registry())},
      open_{prometheus::BuildGauge()
                .Name("troupe_http_connections_open")
                .Help("Connections that are open")
                .Register(metrics.registry())
                .Add({})},
      streams_{prometheus::BuildGauge()
                   .Name("troupe_http_streams_open")
                   .Help("Streamed responses that are being written")
                   .Register(metrics.registry())
                   .Add({})},
      accepted_{counter(metrics, "troupe_http_connections_total", "Connections accepted")},
      refused_{counter(metrics, "troupe_http_connections_refused_total", "Connections beyond server.max_connections")},
      failed_handshakes_{counter(metrics, "troupe_http_tls_failures_total", "TLS handshakes that failed")} {
  auto& durations = prometheus::BuildHistogram()
                        .Name("troupe_http_request_duration_seconds")
                        .Help("From the complete request to its answer, by route pattern")
                        .Register(metrics.registry());
  const prometheus::Histogram::BucketBoundaries bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                       0.1,    0.25,  0.5,    1,     2.5,  5,     10};
  for (auto& route : routes.routes()) {
    auto& series = *series_.emplace_back(std::make_unique<route_series>());
    series.pattern = route->pattern;
    series.duration = &durations.Add({{"route", route->pattern}}, bounds);
  }
  series_.emplace_back(std::make_unique<route_series>())->pattern = "unmatched";
  auto& time_outs = prometheus::BuildCounter()
                        .Name("troupe_http_timeouts_total")
                        .Help("Connections whose time was up, by what they were doing")
                        .Register(metrics.registry());
  constexpr std::array names = {"handshake", "idle", "header", "body", "send"};
  for (std::size_t i = 0; i < names.size(); ++i)
    time_outs_[i] = &time_outs.Add({{"limit", names[i]}});
}

void server_probe::answered(const route_entry* path, std::string_view method, unsigned status,
                            std::chrono::steady_clock::duration took) {
  auto& series = *series_[path ? path->number : series_.size() - 1];
  count(series, method, status);
  if (series.duration)
    series.duration->Observe(std::chrono::duration<double>(took).count());
}

void server_probe::refused_request(unsigned status) {
  count(*series_.back(), {}, status);
}

void server_probe::count(route_series& series, std::string_view method, unsigned status) {
  auto method_index = method_number(method);
  auto class_index = status / 100 < classes.size() ? status / 100 : 0;
  auto& slot = series.requests[method_index * classes.size() + class_index];
  auto* found = slot.load(std::memory_order_acquire);
  if (!found) {
    // Two threads may both come here: the family gives both the same counter.
    found = &requests_.Add({{"route", std::string{series.pattern}},
                            {"method", std::string{methods[method_index]}},
                            {"status", classes[class_index]}});
    slot.store(found, std::memory_order_release);
  }
  found->Increment();
}

void server_probe::timed_out(time_limit limit) {
  time_outs_[static_cast<std::size_t>(limit)]->Increment();
}

void server_probe::connection_opened() {
  accepted_.Increment();
  open_.Increment();
}

void server_probe::connection_closed() {
  open_.Decrement();
}

void server_probe::stream_opened() {
  streams_.Increment();
}

void server_probe::stream_closed() {
  streams_.Decrement();
}

void server_probe::refused_connection() {
  refused_.Increment();
}

void server_probe::failed_handshake() {
  failed_handshakes_.Increment();
}

} // namespace troupe::net::http
