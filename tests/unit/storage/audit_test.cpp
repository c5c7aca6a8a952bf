#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

audit_entry entry(std::int64_t when, const std::string& tenant, const std::string& action) {
  return {at(when), "webhook", action, tenant, "job", "ok", "c-1"};
}

constexpr std::int64_t hour = 3'600'000;

} // namespace

TEST_CASE_METHOD(storage_fixture, "what was audited is listed newest first") {
  const std::vector first{entry(1, "acme", "webhook_accepted")};
  const std::vector more{entry(2, "globex", "webhook_refused"), entry(3, "acme", "tenant_updated")};
  writer->put_audit(first);
  writer->put_audit(more);

  const auto all = reader->list_audit({});

  REQUIRE(all.size() == 3);
  CHECK(all[0].action == "tenant_updated");
  CHECK(all[2].at == at(1));
  CHECK(all[2].actor == "webhook");
  CHECK(all[2].action == "webhook_accepted");
  CHECK(all[2].tenant == "acme");
  CHECK(all[2].object == "job");
  CHECK(all[2].outcome == "ok");
  CHECK(all[2].correlation_id == "c-1");
}

TEST_CASE_METHOD(storage_fixture, "the audit log is listed by tenant and action") {
  const std::vector rows{entry(1, "acme", "a"), entry(2, "acme", "b"), entry(3, "globex", "a")};
  writer->put_audit(rows);

  audit_filter filter;
  filter.tenant = "acme";
  CHECK(reader->list_audit(filter).size() == 2);
  filter.action = "a";
  CHECK(reader->list_audit(filter).size() == 1);
  filter.tenant.reset();
  CHECK(reader->list_audit(filter).size() == 2);
  filter.limit = 1;
  CHECK(reader->list_audit(filter).at(0).tenant == "globex");
  filter.tenant = "nobody";
  CHECK(reader->list_audit(filter).empty());
}

TEST_CASE_METHOD(storage_fixture, "audit rows expire after their time, a bounded number per call") {
  std::vector<audit_entry> rows;
  for (int i = 0; i < 2'500; ++i)
    rows.push_back(entry(i < 2'300 ? 0 : 10 * hour, "acme", "a"));
  writer->put_audit(rows);

  std::size_t expired = 0;
  std::size_t calls = 0;
  while (const auto some = writer->expire(at(5 * hour), std::chrono::hours{2})) {
    CHECK(some <= 1'000);
    expired += some;
    ++calls;
  }

  CHECK(expired == 2'300);
  CHECK(calls >= 3);
  audit_filter filter;
  filter.limit = 1'000;
  CHECK(reader->list_audit(filter).size() == 200);
}

TEST_CASE_METHOD(storage_fixture, "no entries, no work") {
  writer->put_audit({});
  CHECK(reader->list_audit({}).empty());
}

TEST_CASE_METHOD(storage_fixture, "any text can be audited") {
  for (const auto& text : hostile_texts()) {
    const std::vector rows{audit_entry{at(0), text, text, text, text, text, text}};
    writer->put_audit(rows);
    audit_filter filter;
    filter.tenant = text;
    filter.action = text;
    REQUIRE(reader->list_audit(filter).size() == 1);
    CHECK(reader->list_audit(filter)[0].object == text);
  }
}

} // namespace troupe::storage::testing
