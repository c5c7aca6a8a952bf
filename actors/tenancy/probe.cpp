#include "actors/tenancy/probe.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace troupe::actors {

struct intake_probe::impl {
  prometheus::Gauge& running;
  prometheus::Gauge& waiting;
  prometheus::Counter& given_up;
};

intake_probe::intake_probe(config::metrics& metrics)
    : impl_{std::make_unique<impl>(impl{prometheus::BuildGauge()
                                            .Name("worker_active_count")
                                            .Help("Ticket jobs that run now.")
                                            .Register(metrics.registry())
                                            .Add({}),
                                        prometheus::BuildGauge()
                                            .Name("troupe_intake_queue_depth")
                                            .Help("Accepted ticket jobs that wait in memory.")
                                            .Register(metrics.registry())
                                            .Add({}),
                                        prometheus::BuildCounter()
                                            .Name("troupe_jobs_given_up_total")
                                            .Help("Ticket jobs given up because none of their lives survived.")
                                            .Register(metrics.registry())
                                            .Add({})})} {
  // nop
}

intake_probe::~intake_probe() = default;

void intake_probe::load(std::size_t running, std::size_t waiting) {
  impl_->running.Set(static_cast<double>(running));
  impl_->waiting.Set(static_cast<double>(waiting));
}

void intake_probe::gave_up() {
  impl_->given_up.Increment();
}

} // namespace troupe::actors
