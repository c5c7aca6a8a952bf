#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

namespace prometheus {
class Registry;
}

namespace troupe::config {

/// The process's metrics. Each subject makes its own `foo_probe` struct of counters from `registry()` once and
/// keeps references; incrementing is lock-free. Any thread.
class metrics {
public:
  metrics();
  ~metrics();

  prometheus::Registry& registry() noexcept {
    return *registry_;
  }

  /// Everything in Prometheus' text format 0.0.4.
  std::string render() const;

  /// The value for a `tenant_id` label: the tenant, or `other` once 1,000 different ones were seen, so that the
  /// number of series stays bounded.
  std::string tenant_label(std::string_view tenant);

private:
  std::shared_ptr<prometheus::Registry> registry_;
  std::mutex mutex_;
  std::unordered_set<std::string> tenants_;
};

} // namespace troupe::config
