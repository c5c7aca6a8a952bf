#include "config/metrics.hpp"

#include <catch2/catch_test_macros.hpp>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

using troupe::config::metrics;

TEST_CASE("metrics are rendered as Prometheus reads them") {
  metrics all;
  auto& family = prometheus::BuildCounter().Name("troupe_tests_total").Help("Tests.").Register(all.registry());
  family.Add({{"tenant_id", all.tenant_label("acme")}}).Increment(2);
  const auto text = all.render();
  CHECK(text.find("# HELP troupe_tests_total Tests.\n# TYPE troupe_tests_total counter\n") != std::string::npos);
  CHECK(text.find("troupe_tests_total{tenant_id=\"acme\"} 2") != std::string::npos);
}

TEST_CASE("after a thousand tenants further ones share a label") {
  metrics all;
  for (int i = 0; i < 1000; ++i)
    CHECK(all.tenant_label("t" + std::to_string(i)) == "t" + std::to_string(i));
  CHECK(all.tenant_label("one more") == "other");
  CHECK(all.tenant_label("t7") == "t7");
}
