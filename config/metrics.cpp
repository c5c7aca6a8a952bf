#include "config/metrics.hpp"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <sstream>

namespace troupe::config {

namespace {

constexpr std::size_t max_tenants = 1000;

} // namespace

metrics::metrics() : registry_{std::make_shared<prometheus::Registry>()} {}

metrics::~metrics() = default;

std::string metrics::render() const {
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, registry_->Collect());
  return std::move(out).str();
}

std::string metrics::tenant_label(std::string_view tenant) {
  std::string label{tenant};
  const std::lock_guard lock{mutex_};
  if (tenants_.contains(label))
    return label;
  if (tenants_.size() >= max_tenants)
    return "other";
  tenants_.insert(label);
  return label;
}

} // namespace troupe::config
