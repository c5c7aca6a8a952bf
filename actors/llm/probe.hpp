#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "actors/runtime/breaker.hpp"
#include "config/metrics.hpp"

namespace troupe::actors {

/// How a single call of a model ended.
enum class call_ending : std::uint8_t { ok, unavailable, rate_limited, refused, malformed, cancelled };

const char* to_string(call_ending ending) noexcept;

/// One provider's metrics: `troupe_llm_calls_total{provider,outcome}`, `troupe_llm_call_seconds{provider}`,
/// `troupe_llm_tokens_total{provider,model,kind}`, `troupe_llm_cost_dollars_total{provider}`,
/// `troupe_llm_queue_depth{provider}`, `troupe_llm_calls_active{provider}`, `troupe_circuit_state{target}`.
/// The model is the configured one, so that labels stay bounded. Any thread; no look-ups when counting.
class llm_probe {
public:
  llm_probe(config::metrics& metrics, const std::string& provider, const std::string& model);
  ~llm_probe();

  void answered(call_ending ending, std::chrono::milliseconds latency);
  void used(std::uint64_t input_tokens, std::uint64_t output_tokens, double cost);
  void load(std::size_t waiting, std::size_t running);
  void circuit(actors::circuit state);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::actors
