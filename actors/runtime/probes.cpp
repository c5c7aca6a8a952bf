#include "actors/runtime/probes.hpp"

#include <string>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace troupe::actors {
namespace {

using buckets = prometheus::Histogram::BucketBoundaries;

prometheus::Gauge& depth_of(config::metrics& metrics, const char* actor) {
  return prometheus::BuildGauge()
      .Name("troupe_mailbox_depth")
      .Help("Work that waits for an actor.")
      .Register(metrics.registry())
      .Add({{"actor", actor}});
}

prometheus::Counter& counter(config::metrics& metrics, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(metrics.registry()).Add({});
}

prometheus::Histogram& histogram(config::metrics& metrics, const char* name, const char* help, const buckets& bounds) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(metrics.registry()).Add({}, bounds);
}

} // namespace

journal_probe::journal_probe(config::metrics& metrics)
    : batch_size{histogram(metrics, "troupe_journal_batch_size", "Appends per transaction.",
                           buckets{1, 2, 4, 8, 16, 32, 64, 128, 256})},
      commit_seconds{histogram(metrics, "troupe_journal_commit_seconds", "Time of a transaction of appends.",
                               buckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1})},
      queue_depth{depth_of(metrics, "journal_writer")}, conflicts{counter(
                                                            metrics, "troupe_journal_conflicts_total",
                                                            "Appends that came too late: somebody else wrote.")},
      faults{counter(metrics, "troupe_journal_faults_total", "Transactions that storage could not commit.")} {}

reader_probe::reader_probe(config::metrics& metrics)
    : queue_depth{depth_of(metrics, "reader_pool")}, faults{counter(metrics, "troupe_reader_faults_total",
                                                                    "Reads that storage could not do.")} {}

supervisor_probe::supervisor_probe(config::metrics& metrics)
    : restarts_{prometheus::BuildCounter()
                    .Name("troupe_actor_restarts_total")
                    .Help("Actors restarted by their supervisors.")
                    .Register(metrics.registry())} {}

void supervisor_probe::known(std::string_view actor) {
  restarts_.Add({{"actor", std::string{actor}}, {"reason", "exception"}});
}

void supervisor_probe::restarted(std::string_view actor, std::string_view reason) {
  restarts_.Add({{"actor", std::string{actor}}, {"reason", std::string{reason}}}).Increment();
}

} // namespace troupe::actors
