#include "actors/ticket/job_observer.hpp"

#include <mutex>
#include <string>
#include <unordered_map>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "config/log.hpp"

namespace troupe::actors::ticket {

namespace {

namespace log = config::log;

constexpr std::size_t steps = 3;

std::size_t index_of(const std::string& step) {
  return step == "gather" ? 0 : step == "synthesize" ? 1 : 2;
}

/// One tenant's series.
struct tenant_series {
  prometheus::Counter* completed = nullptr;
  prometheus::Counter* retried = nullptr;
  prometheus::Counter* dead = nullptr;
  prometheus::Histogram* seconds = nullptr;
  prometheus::Gauge* success_rate = nullptr;
  prometheus::Counter* failures[steps]{};
};

} // namespace

struct job_observer::impl {
  explicit impl(config::metrics& all)
      : metrics{all}, requests{prometheus::BuildCounter()
                                   .Name("enhancement_requests_total")
                                   .Help("Ticket jobs by how they ended; retries count each time.")
                                   .Register(all.registry())},
        seconds{prometheus::BuildHistogram()
                    .Name("enhancement_duration_seconds")
                    .Help("Time from a ticket's acceptance to its note.")
                    .Register(all.registry())},
        success{prometheus::BuildGauge()
                    .Name("enhancement_success_rate")
                    .Help("Completed jobs of all that ended since the start, 0 to 1.")
                    .Register(all.registry())},
        failures{prometheus::BuildCounter()
                     .Name("enhancement_step_failures_total")
                     .Help("Attempts that failed, by step.")
                     .Register(all.registry())} {}

  tenant_series& of(const std::string& tenant) {
    const auto label = metrics.tenant_label(tenant);
    std::lock_guard guard{mutex};
    auto& series = known[label];
    if (!series.completed)
      fill(series, label);
    return series;
  }

  void fill(tenant_series& series, const std::string& label) {
    const prometheus::Histogram::BucketBoundaries bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                                                         2.5,   5,    10,    30,   60,  120,  300, 900};
    const auto request = [&](const char* status) {
      return &requests.Add({{"tenant_id", label}, {"status", status}, {"operation_type", "ticket_enhancement"}});
    };
    const auto failure = [&](const char* step) {
      return &failures.Add({{"tenant_id", label}, {"operation_type", step}});
    };
    series.completed = request("completed");
    series.retried = request("retried");
    series.dead = request("failed");
    series.seconds = &seconds.Add({{"tenant_id", label}}, bounds);
    series.success_rate = &success.Add({{"tenant_id", label}}, 1.0);
    series.failures[0] = failure("gather");
    series.failures[1] = failure("synthesize");
    series.failures[2] = failure("write_note");
  }

  static void show_success(const tenant_series& series) {
    const auto good = series.completed->Value();
    series.success_rate->Set(good / (good + series.dead->Value()));
  }

  config::metrics& metrics;
  prometheus::Family<prometheus::Counter>& requests;
  prometheus::Family<prometheus::Histogram>& seconds;
  prometheus::Family<prometheus::Gauge>& success;
  prometheus::Family<prometheus::Counter>& failures;
  std::mutex mutex;
  std::unordered_map<std::string, tenant_series> known;
};

job_observer::job_observer(config::metrics& metrics) : impl_{std::make_unique<impl>(metrics)} {
  // nop
}

job_observer::~job_observer() = default;

void job_observer::committed(const storage::entity_key& key, const job_state& state,
                             const std::vector<job_event>& events, std::uint64_t, storage::timestamp at) {
  const auto& correlation_id = state.ticket.correlation_id;
  for (const auto& event : events) {
    if (std::holds_alternative<completed>(event)) {
      auto& series = impl_->of(key.tenant);
      const auto taken = std::chrono::duration<double>{at - state.received_at}.count();
      series.completed->Increment();
      series.seconds->Observe(taken);
      impl::show_success(series);
      if (log::enabled(config::log_level::info))
        log::info("job_completed", "a ticket has its note",
                  {{"tenant_id", key.tenant},
                   {"job_id", key.id},
                   {"correlation_id", correlation_id},
                   {"attempt", state.attempt},
                   {"seconds", taken}});
    } else if (const auto* why = std::get_if<failed>(&event)) {
      auto& series = impl_->of(key.tenant);
      series.retried->Increment();
      series.failures[index_of(why->step)]->Increment();
      log::warn("job_attempt_failed", "an attempt failed; the job will be tried again",
                {{"tenant_id", key.tenant},
                 {"job_id", key.id},
                 {"correlation_id", correlation_id},
                 {"attempt", why->attempt},
                 {"step", why->step},
                 {"error", why->error}});
    } else if (const auto* wait = std::get_if<postponed>(&event)) {
      log::info("job_postponed", "a job waits for its desk; its attempt goes on later",
                {{"tenant_id", key.tenant},
                 {"job_id", key.id},
                 {"correlation_id", correlation_id},
                 {"attempt", state.attempt},
                 {"reason", wait->reason}});
    } else if (const auto* end = std::get_if<dead_lettered>(&event)) {
      auto& series = impl_->of(key.tenant);
      series.dead->Increment();
      series.failures[index_of(end->step)]->Increment();
      impl::show_success(series);
      log::error("job_dead_lettered", "a job was given up until an operator retries it",
                 {{"tenant_id", key.tenant},
                  {"job_id", key.id},
                  {"correlation_id", correlation_id},
                  {"step", end->step},
                  {"error", end->error}});
    } else if (const auto* note = std::get_if<synthesized>(&event);
               note && !note->fallback.empty() && note->provider != "extractive") {
      log::warn("note_changed", "a model's text was changed before it became the note",
                {{"tenant_id", key.tenant},
                 {"job_id", key.id},
                 {"correlation_id", correlation_id},
                 {"reason", note->fallback}});
    } else if (note && !note->fallback.empty()) {
      log::info("note_composed_without_model", "the note was composed from the context alone",
                {{"tenant_id", key.tenant},
                 {"job_id", key.id},
                 {"correlation_id", correlation_id},
                 {"reason", note->fallback}});
    } else if (log::enabled(config::log_level::debug)) {
      log::debug("job_step", "a step of a job is durable",
                 {{"tenant_id", key.tenant},
                  {"job_id", key.id},
                  {"correlation_id", correlation_id},
                  {"step", job_core::encode(event).type}});
    }
  }
}

void job_observer::append_delayed(const storage::entity_key& key, storage::fault, std::chrono::milliseconds wait) {
  log::warn("append_delayed", "storage did not take a job's events; they are tried again",
            {{"tenant_id", key.tenant}, {"job_id", key.id}, {"wait_ms", wait.count()}});
}

} // namespace troupe::actors::ticket
