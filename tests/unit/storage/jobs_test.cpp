#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

job_row full_row() {
  job_row row;
  row.ticket_id = "T-1";
  row.priority = priority::critical;
  row.status = job_status::completed;
  row.attempt = 3;
  row.step = "write_note";
  row.error = "the desk was down";
  row.received_at = at(1);
  row.due_at = at(2);
  row.finished_at = at(3);
  row.provider = "openai";
  row.input_tokens = 1'234;
  row.output_tokens = 567;
  row.cost = 0.0625;
  row.note_id = "N-9";
  row.correlation_id = "c-1";
  return row;
}

void check_same(const job_row& found, const job_row& wanted) {
  CHECK(found.ticket_id == wanted.ticket_id);
  CHECK(found.priority == wanted.priority);
  CHECK(found.status == wanted.status);
  CHECK(found.attempt == wanted.attempt);
  CHECK(found.step == wanted.step);
  CHECK(found.error == wanted.error);
  CHECK(found.received_at == wanted.received_at);
  CHECK(found.due_at == wanted.due_at);
  CHECK(found.finished_at == wanted.finished_at);
  CHECK(found.provider == wanted.provider);
  CHECK(found.input_tokens == wanted.input_tokens);
  CHECK(found.output_tokens == wanted.output_tokens);
  CHECK(found.cost == wanted.cost);
  CHECK(found.note_id == wanted.note_id);
  CHECK(found.correlation_id == wanted.correlation_id);
}

/// Jobs `0` to `count - 1`, by turns of acme and globex, each in the state that `status_of` says.
template <class StatusOf>
void put_jobs(storage_fixture& in, int count, StatusOf status_of) {
  for (int i = 0; i < count; ++i) {
    auto value = accepted(job_of(i % 2 == 0 ? "acme" : "globex", "job-" + std::to_string(100 + i)));
    value.job->status = status_of(i);
    in.put(value);
  }
}

} // namespace

TEST_CASE_METHOD(storage_fixture, "a job is shown as its first append left it") {
  auto value = accepted(job_of("acme", "a"));
  value.job = full_row();
  put(value);

  const auto found = reader->find_job("acme", "a");

  REQUIRE(found);
  CHECK(found->tenant == "acme");
  CHECK(found->id == "a");
  check_same(found->row, full_row());
}

TEST_CASE_METHOD(storage_fixture, "a job is shown as its last append left it") {
  const auto job = job_of("acme", "a");
  auto first = accepted(job);
  first.job->ticket_id = "T-1";
  first.job->received_at = at(1);
  first.job->correlation_id = "c-1";
  put(first);
  auto last = next(job, 1, {"completed"});
  last.job = full_row();
  put(last);

  check_same(reader->find_job("acme", "a")->row, full_row());
}

TEST_CASE_METHOD(storage_fixture, "a running job's progress is shown") {
  const auto job = job_of("acme", "a");
  put(accepted(job));
  auto claimed = next(job, 1, {"claimed"});
  claimed.job = accepted(job).job;
  claimed.job->status = job_status::running;
  claimed.job->step = "gather";
  claimed.job->attempt = 1;
  put(claimed);
  auto gathered = claimed;
  gathered.expected = 2;
  gathered.job->step = "synthesize";
  gathered.job->provider = "openai";
  gathered.job->cost = 0.5;
  put(gathered);

  const auto row = reader->find_job("acme", "a")->row;
  CHECK(row.status == job_status::running);
  CHECK(row.step == "synthesize");
  CHECK(row.provider == "openai");
  CHECK(row.cost == 0.5);
}

TEST_CASE_METHOD(storage_fixture, "what a later append leaves empty is empty") {
  const auto job = job_of("acme", "a");
  auto first = accepted(job);
  first.job = full_row();
  first.job->status = job_status::running;
  put(first);
  auto cleared = next(job, 1, {"retried"});
  cleared.job = accepted(job).job;
  cleared.job->status = job_status::running;
  put(cleared);

  const auto row = reader->find_job("acme", "a")->row;
  CHECK(row.error.empty());
  CHECK(row.step.empty());
  CHECK(row.attempt == 0);
  CHECK(row.cost == 0);
  CHECK_FALSE(row.finished_at);
}

TEST_CASE_METHOD(storage_fixture, "an append without a projection leaves the job as it is") {
  const auto job = job_of("acme", "a");
  auto first = accepted(job);
  first.job = full_row();
  put(first);
  put(next(job, 1, {"noted"}));
  check_same(reader->find_job("acme", "a")->row, full_row());
}

TEST_CASE_METHOD(storage_fixture, "an operator finds a job without knowing its tenant") {
  put(accepted(job_of("globex", "g")));
  const auto found = reader->find_job("g");
  REQUIRE(found);
  CHECK(found->tenant == "globex");
  CHECK_FALSE(reader->find_job("unknown"));
}

TEST_CASE_METHOD(storage_fixture, "jobs are listed newest first, page by page") {
  put_jobs(*this, 7, [](int) { return job_status::completed; });

  job_filter filter;
  filter.limit = 3;
  CHECK(ids_of(reader->list_jobs(filter)) == ids{"job-106", "job-105", "job-104"});
  filter.before = "job-104";
  CHECK(ids_of(reader->list_jobs(filter)) == ids{"job-103", "job-102", "job-101"});
  filter.before = "job-101";
  CHECK(ids_of(reader->list_jobs(filter)) == ids{"job-100"});
  filter.before = "job-100";
  CHECK(reader->list_jobs(filter).empty());
  filter.before = "unknown";
  CHECK(reader->list_jobs(filter).empty());
}

TEST_CASE_METHOD(storage_fixture, "jobs are listed by tenant, page by page") {
  put_jobs(*this, 8, [](int) { return job_status::completed; });

  job_filter filter;
  filter.tenant = "globex";
  filter.limit = 3;
  CHECK(ids_of(reader->list_jobs(filter)) == ids{"job-107", "job-105", "job-103"});
  filter.before = "job-103";
  CHECK(ids_of(reader->list_jobs(filter)) == ids{"job-101"});
  filter.tenant = "nobody";
  CHECK(reader->list_jobs(filter).empty());
}

TEST_CASE_METHOD(storage_fixture, "jobs are listed by status, with and without a tenant, page by page") {
  static const job_status statuses[] = {job_status::pending, job_status::running, job_status::completed,
                                        job_status::failed,  job_status::dead,    job_status::discarded};
  put_jobs(*this, 24, [](int i) { return statuses[i / 2 % 6]; });

  for (int i = 0; i < 6; ++i) {
    // Jobs 2i and 2i + 1, and twelve later again.
    const auto name = [&](int offset) { return "job-" + std::to_string(100 + 2 * i + offset); };
    job_filter filter;
    filter.status = statuses[i];
    CHECK(ids_of(reader->list_jobs(filter)) == ids{name(13), name(12), name(1), name(0)});
    filter.limit = 2;
    filter.before = name(12);
    CHECK(ids_of(reader->list_jobs(filter)) == ids{name(1), name(0)});
    filter.tenant = "acme";
    CHECK(ids_of(reader->list_jobs(filter)) == ids{name(0)});
    filter.before.reset();
    CHECK(ids_of(reader->list_jobs(filter)) == ids{name(12), name(0)});
  }
}

TEST_CASE_METHOD(storage_fixture, "a page is never longer than a thousand jobs") {
  std::vector<append> batch;
  for (int i = 0; i < 1'100; ++i)
    batch.push_back(accepted(job_of("acme", std::to_string(10'000 + i))));
  writer->append_batch(batch);
  job_filter filter;
  filter.limit = 100'000;
  CHECK(reader->list_jobs(filter).size() == 1'000);
  filter.status = job_status::pending;
  CHECK(reader->list_jobs(filter).size() == 1'000);
  filter.tenant = "acme";
  CHECK(reader->list_jobs(filter).size() == 1'000);
}

TEST_CASE_METHOD(storage_fixture, "the queue's depth follows the jobs") {
  CHECK(reader->depth().pending == 0);
  put_jobs(*this, 6, [](int i) {
    return i < 3 ? job_status::pending : i < 5 ? job_status::running : job_status::dead;
  });

  auto depth = reader->depth();
  CHECK(depth.pending == 3);
  CHECK(depth.running == 2);
  CHECK(depth.dead == 1);

  auto discarded = next(job_of("globex", "job-105"), 1, {"discarded"});
  discarded.job = job_row{};
  discarded.job->status = job_status::discarded;
  put(discarded);
  depth = reader->depth();
  CHECK(depth.pending == 3);
  CHECK(depth.dead == 0);
}

} // namespace troupe::storage::testing
