#include "actors/llm/probe.hpp"

#include <array>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace troupe::actors {

namespace {

constexpr std::array endings{call_ending::ok,      call_ending::unavailable, call_ending::rate_limited,
                             call_ending::refused, call_ending::malformed,   call_ending::cancelled};

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help,
                             const prometheus::Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help,
                         const prometheus::Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Histogram& seconds(prometheus::Registry& registry, const std::string& provider) {
  // The buckets that OpenTelemetry's GenAI conventions give for calls of models.
  const prometheus::Histogram::BucketBoundaries bounds{0.01, 0.02, 0.04, 0.08,  0.16,  0.32,  0.64,
                                                       1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
  return prometheus::BuildHistogram()
      .Name("troupe_llm_call_seconds")
      .Help("Time of single calls of a model.")
      .Register(registry)
      .Add({{"provider", provider}}, bounds);
}

} // namespace

const char* to_string(call_ending ending) noexcept {
  switch (ending) {
  case call_ending::ok:
    return "ok";
  case call_ending::unavailable:
    return "unavailable";
  case call_ending::rate_limited:
    return "rate_limited";
  case call_ending::refused:
    return "refused";
  case call_ending::malformed:
    return "malformed";
  case call_ending::cancelled:
    return "cancelled";
  }
  return "unknown";
}

struct llm_probe::impl {
  impl(prometheus::Registry& registry, const std::string& provider, const std::string& model)
      : calls{}, latency{seconds(registry, provider)},
        input{counter(registry, "troupe_llm_tokens_total", "Tokens used.",
                      {{"provider", provider}, {"model", model}, {"kind", "input"}})},
        output{counter(registry, "troupe_llm_tokens_total", "Tokens used.",
                       {{"provider", provider}, {"model", model}, {"kind", "output"}})},
        cost{counter(registry, "troupe_llm_cost_dollars_total", "Money spent on models.", {{"provider", provider}})},
        waiting{
            gauge(registry, "troupe_llm_queue_depth", "Calls that wait for their provider.", {{"provider", provider}})},
        running{
            gauge(registry, "troupe_llm_calls_active", "Calls that a provider works on.", {{"provider", provider}})},
        state{gauge(registry, "troupe_circuit_state", "Circuit breakers: 0 closed, 1 half-open, 2 open.",
                    {{"target", provider}})} {
    for (const auto ending : endings)
      calls[static_cast<std::size_t>(ending)] = &counter(registry, "troupe_llm_calls_total", "Calls of models.",
                                                         {{"provider", provider}, {"outcome", to_string(ending)}});
  }

  std::array<prometheus::Counter*, endings.size()> calls;
  prometheus::Histogram& latency;
  prometheus::Counter& input;
  prometheus::Counter& output;
  prometheus::Counter& cost;
  prometheus::Gauge& waiting;
  prometheus::Gauge& running;
  prometheus::Gauge& state;
};

llm_probe::llm_probe(config::metrics& metrics, const std::string& provider, const std::string& model)
    : impl_{std::make_unique<impl>(metrics.registry(), provider, model)} {
  // nop
}

llm_probe::~llm_probe() = default;

void llm_probe::answered(call_ending ending, std::chrono::milliseconds latency) {
  impl_->calls[static_cast<std::size_t>(ending)]->Increment();
  impl_->latency.Observe(std::chrono::duration<double>{latency}.count());
}

void llm_probe::used(std::uint64_t input_tokens, std::uint64_t output_tokens, double cost) {
  impl_->input.Increment(static_cast<double>(input_tokens));
  impl_->output.Increment(static_cast<double>(output_tokens));
  impl_->cost.Increment(cost);
}

void llm_probe::load(std::size_t waiting, std::size_t running) {
  impl_->waiting.Set(static_cast<double>(waiting));
  impl_->running.Set(static_cast<double>(running));
}

void llm_probe::circuit(actors::circuit state) {
  impl_->state.Set(static_cast<double>(state));
}

} // namespace troupe::actors
