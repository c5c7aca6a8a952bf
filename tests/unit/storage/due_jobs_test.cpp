#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

append pending(const std::string& tenant, const std::string& id, timestamp due = at(0),
               storage::priority level = priority::medium) {
  auto value = accepted(job_of(tenant, id));
  value.job->due_at = due;
  value.job->priority = level;
  return value;
}

} // namespace

TEST_CASE_METHOD(storage_fixture, "jobs are due from their moment on, the one due longest first") {
  put(pending("acme", "late", at(200)));
  put(pending("acme", "early", at(100)));
  put(pending("acme", "future", at(300)));

  CHECK(reader->due_jobs(at(99), 10, {}).empty());
  CHECK(ids_of(reader->due_jobs(at(100), 10, {})) == ids{"early"});
  CHECK(ids_of(reader->due_jobs(at(200), 10, {})) == ids{"early", "late"});
  CHECK(reader->due_jobs(at(200), 10, {}).at(0).tenant == "acme");
}

TEST_CASE_METHOD(storage_fixture, "a higher priority goes first, whatever is older") {
  put(pending("acme", "low", at(0), priority::low));
  put(pending("acme", "medium", at(10), priority::medium));
  put(pending("acme", "high", at(20), priority::high));
  put(pending("acme", "critical", at(30), priority::critical));

  CHECK(ids_of(reader->due_jobs(at(50), 10, {})) == ids{"critical", "high", "medium", "low"});
  CHECK(ids_of(reader->due_jobs(at(50), 2, {})) == ids{"critical", "high"});
}

TEST_CASE_METHOD(storage_fixture, "jobs accepted in one moment keep their order") {
  for (const auto* id : {"c", "a", "b"})
    put(pending("acme", id));
  CHECK(ids_of(reader->due_jobs(at(0), 10, {})) == ids{"c", "a", "b"});
}

TEST_CASE_METHOD(storage_fixture, "tenants are served in turn, however much one has waiting") {
  for (int i = 0; i < 50; ++i)
    put(pending("acme", "a" + std::to_string(i)));
  for (int i = 0; i < 3; ++i)
    put(pending("globex", "g" + std::to_string(i)));

  CHECK(ids_of(reader->due_jobs(at(0), 8, {})) == ids{"a0", "g0", "a1", "g1", "a2", "g2", "a3", "a4"});
}

TEST_CASE_METHOD(storage_fixture, "the next call goes on with the tenant after the last one served") {
  put(pending("acme", "a"));
  put(pending("globex", "g"));

  CHECK(ids_of(reader->due_jobs(at(0), 1, {})) == ids{"a"});
  CHECK(ids_of(reader->due_jobs(at(0), 1, {})) == ids{"g"});
  CHECK(ids_of(reader->due_jobs(at(0), 1, {})) == ids{"a"});
}

TEST_CASE_METHOD(storage_fixture, "jobs that the caller has already are skipped") {
  for (int i = 0; i < 6; ++i)
    put(pending("acme", "a" + std::to_string(i)));

  const auto even = [](std::string_view id) { return (id.back() - '0') % 2 == 0; };
  CHECK(ids_of(reader->due_jobs(at(0), 2, even)) == ids{"a1", "a3"});
  CHECK(ids_of(reader->due_jobs(at(0), 9, even)) == ids{"a1", "a3", "a5"});
  CHECK(reader->due_jobs(at(0), 9, [](std::string_view) { return true; }).empty());
}

TEST_CASE_METHOD(storage_fixture, "a paused tenant's jobs wait until it goes on") {
  put(pending("acme", "a", at(100)));
  put(pending("globex", "g", at(200)));
  auto acme = make_tenant("acme");
  acme.paused = true;
  change(acme);

  CHECK(ids_of(reader->due_jobs(at(500), 10, {})) == ids{"g"});
  CHECK(reader->next_due(at(0)) == at(200));

  acme.paused = false;
  change(acme);
  CHECK(ids_of(reader->due_jobs(at(500), 10, {})) == ids{"a", "g"});
  CHECK(reader->next_due(at(0)) == at(100));
}

TEST_CASE_METHOD(storage_fixture, "the next moment is the first after now, of any tenant and priority") {
  CHECK_FALSE(reader->next_due(at(0)));
  put(pending("acme", "a", at(100), priority::low));
  put(pending("globex", "g", at(50), priority::critical));
  put(pending("globex", "h", at(70), priority::high));

  CHECK(reader->next_due(at(0)) == at(50));
  CHECK(reader->next_due(at(50)) == at(70));
  CHECK(reader->next_due(at(70)) == at(100));
  CHECK_FALSE(reader->next_due(at(100)));
}

TEST_CASE_METHOD(storage_fixture, "a job that was claimed is no longer due, one that failed is later") {
  const auto job = job_of("acme", "a");
  put(pending("acme", "a"));
  auto claimed = next(job, 1, {"claimed"});
  claimed.job = accepted(job).job;
  claimed.job->status = job_status::running;
  put(claimed);
  CHECK(reader->due_jobs(at(100), 10, {}).empty());

  auto failed = next(job, 2, {"failed"});
  failed.job = accepted(job).job;
  failed.job->attempt = 1;
  failed.job->due_at = at(5'000);
  put(failed);
  CHECK(reader->due_jobs(at(4'999), 10, {}).empty());
  CHECK(ids_of(reader->due_jobs(at(5'000), 10, {})) == ids{"a"});
}

TEST_CASE_METHOD(storage_fixture, "no places, no jobs") {
  put(pending("acme", "a"));
  CHECK(reader->due_jobs(at(0), 0, {}).empty());
}

TEST_CASE_METHOD(storage_fixture, "more is found than fits into one piece") {
  for (int i = 0; i < 40; ++i)
    put(pending(i % 4 == 0 ? "globex" : "acme", "j" + std::to_string(i), at(i % 7), static_cast<priority>(i % 3)));
  CHECK(reader->due_jobs(at(100), 40, {}).size() == 40);
  CHECK(reader->due_jobs(at(100), 100, {}).size() == 40);
  CHECK(reader->due_jobs(at(100), 39, {}).size() == 39);
}

TEST_CASE_METHOD(storage_fixture, "jobs of a dead process become pending and due") {
  for (const auto* id : {"a", "b", "c"})
    put(pending("acme", id));
  for (const auto* id : {"a", "b"}) {
    auto claimed = next(job_of("acme", id), 1, {"claimed"});
    claimed.job = accepted(job_of("acme", id)).job;
    claimed.job->status = job_status::running;
    claimed.job->attempt = 1;
    put(claimed);
  }
  restart();

  CHECK(writer->release_running_jobs(at(700)) == 2);
  CHECK(writer->release_running_jobs(at(800)) == 0);

  const auto found = reader->find_job("acme", "a");
  REQUIRE(found);
  CHECK(found->row.status == job_status::pending);
  CHECK(found->row.attempt == 1);
  CHECK(found->row.due_at == at(700));
  CHECK(ids_of(reader->due_jobs(at(700), 10, {})) == ids{"c", "a", "b"});
  CHECK(put(next(job_of("acme", "a"), 2, {"claimed"})).outcome == append_outcome::stored);
}

} // namespace troupe::storage::testing
