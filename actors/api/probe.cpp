#include "actors/api/probe.hpp"

#include <array>

#include <prometheus/counter.h>
#include <prometheus/registry.h>

namespace troupe::actors::api {

namespace {

constexpr std::array endings{webhook_ending::accepted,     webhook_ending::duplicate, webhook_ending::unreadable,
                             webhook_ending::unauthorized, webhook_ending::limited,   webhook_ending::invalid,
                             webhook_ending::unavailable};

using counters = std::array<prometheus::Counter*, endings.size()>;

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

} // namespace

std::string_view to_string(webhook_ending ending) noexcept {
  switch (ending) {
  case webhook_ending::accepted:
    return "accepted";
  case webhook_ending::duplicate:
    return "duplicate";
  case webhook_ending::unreadable:
    return "unreadable";
  case webhook_ending::unauthorized:
    return "unauthorized";
  case webhook_ending::limited:
    return "limited";
  case webhook_ending::invalid:
    return "invalid";
  case webhook_ending::unavailable:
    return "unavailable";
  }
  return "unknown";
}

struct webhook_probe::impl {
  explicit impl(config::metrics& all)
      : metrics{all}, family{prometheus::BuildCounter()
                                 .Name("troupe_webhooks_total")
                                 .Help("Webhook deliveries by what became of them.")
                                 .Register(all.registry())} {}

  counters& of(std::string_view tenant) {
    if (auto found = known.find(tenant); found != known.end())
      return found->second;
    const auto label = metrics.tenant_label(tenant);
    auto& fresh = known[label];
    if (!fresh[0])
      for (const auto ending : endings)
        fresh[static_cast<std::size_t>(ending)] =
            &family.Add({{"tenant_id", label}, {"outcome", std::string{to_string(ending)}}});
    return fresh;
  }

  config::metrics& metrics;
  prometheus::Family<prometheus::Counter>& family;
  std::mutex mutex;
  std::unordered_map<std::string, counters, text_hash, std::equal_to<>> known;
};

webhook_probe::webhook_probe(config::metrics& metrics) : impl_{std::make_unique<impl>(metrics)} {
  // nop
}

webhook_probe::~webhook_probe() = default;

void webhook_probe::ended(std::string_view tenant, webhook_ending ending) {
  prometheus::Counter* counter = nullptr;
  {
    std::lock_guard guard{impl_->mutex};
    counter = impl_->of(tenant)[static_cast<std::size_t>(ending)];
  }
  counter->Increment();
}

} // namespace troupe::actors::api
