#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

class removal_fixture : public storage_fixture {
public:
  /// One of everything that a tenant can have.
  void fill(const std::string& tenant) {
    auto job = accepted(job_of(tenant, "job of " + tenant));
    job.delivery = delivery{{}, at(1'000'000)};
    job.delivery->key.fill(static_cast<std::uint8_t>(tenant.front()));
    put(job);
    put(next(job.entity, 1, {"claimed", "gathered"}));
    const std::vector<past_ticket> tickets{{"T-1", "Zeppelin", "It leaks", "Patched", "2026-01-01T00:00:00Z"}};
    const std::vector<article> articles{{"A-1", "Zeppelins", "How to patch", "Glue", "https://kb.example/1"}};
    const std::vector<asset> assets{{{"10.0.0.1", "10.0.0.2"}, "host", "role", "client", "location"}};
    writer->put_tickets(tenant, tickets);
    writer->put_articles(tenant, articles);
    writer->put_assets(tenant, assets);
    writer->put_local_note(tenant, {"N-1", "ticket", "note", "<p>note", at(0)}, "marker");
  }

  void remove(const std::string& tenant) {
    REQUIRE(writer->remove_tenant(tenant));
    for (int i = 0; i < 100 && writer->clear_removed() > 0; ++i) {
    }
    CHECK(writer->clear_removed() == 0);
  }

  struct found {
    std::size_t events, tickets, articles, assets, notes, jobs;

    bool operator==(const found&) const = default;
  };

  found find_all(const std::string& tenant) {
    text_query query;
    query.terms = {{"zeppelin"}};
    const std::vector<std::string> address{"10.0.0.2"};
    job_filter of_tenant;
    of_tenant.tenant = tenant;
    return {reader->load(job_of(tenant, "job of " + tenant)).size(),
            reader->search_tickets(tenant, query).size(),
            reader->search_articles(tenant, query).size(),
            reader->find_assets(tenant, address).size(),
            reader->local_notes(tenant, "ticket").size(),
            reader->list_jobs(of_tenant).size()};
  }
};

constexpr removal_fixture::found everything{3, 1, 1, 1, 1, 1};
constexpr removal_fixture::found nothing{};

} // namespace

TEST_CASE_METHOD(removal_fixture, "a tenant that is removed goes with all it has, and nobody else's") {
  fill("acme");
  fill("globex");
  const auto version = reader->tenants_version();
  REQUIRE(find_all("acme") == everything);

  remove("acme");

  CHECK_FALSE(reader->find_tenant("acme"));
  CHECK(reader->tenants_version() > version);
  restart();
  CHECK(find_all("acme") == nothing);
  CHECK_FALSE(reader->find_job("job of acme"));
  CHECK(find_all("globex") == everything);
  CHECK(reader->ticket_count("globex") == 1);
}

TEST_CASE_METHOD(removal_fixture, "a tenant can be used no more before its rows have gone") {
  fill("acme");
  REQUIRE(writer->remove_tenant("acme"));

  CHECK(find_all("acme").jobs == 0);
  CHECK(put(next(job_of("acme", "job of acme"), 3, {"completed"})).outcome == append_outcome::conflict);
  CHECK(put(accepted(job_of("acme", "another"))).outcome == append_outcome::conflict);
  CHECK(reader->due_jobs(at(0), 10, {}).empty());
  CHECK(fault_of_call([&] { writer->put_tickets("acme", {}); }) == fault::refused);
}

TEST_CASE_METHOD(removal_fixture, "a removal that was interrupted is gone on with by whoever comes next") {
  fill("acme");
  REQUIRE(writer->remove_tenant("acme"));
  CHECK(writer->clear_removed() > 0);
  restart();
  while (writer->clear_removed() > 0) {
  }
  writer->add_tenant(make_tenant("acme"));
  CHECK(find_all("acme") == nothing);
}

TEST_CASE_METHOD(removal_fixture, "a new tenant of a removed one's name has nothing of it") {
  fill("acme");
  remove("acme");
  writer->add_tenant(make_tenant("acme"));
  CHECK(find_all("acme") == nothing);
  fill("acme");
  CHECK(find_all("acme") == everything);
}

TEST_CASE_METHOD(removal_fixture, "a delivery to a removed tenant doesn't lead to somebody else's job") {
  fill("acme");
  remove("acme");
  restart();
  put(accepted(job_of("globex", "first")));
  writer->add_tenant(make_tenant("acme"));

  auto again = accepted(job_of("acme", "new"));
  again.delivery = delivery{{}, at(1'000'000)};
  again.delivery->key.fill('a');
  CHECK(put(again).outcome == append_outcome::stored);
  CHECK(reader->load(job_of("globex", "first")).size() == 1);
}

TEST_CASE_METHOD(removal_fixture, "many rows go a bounded number at a time") {
  std::vector<past_ticket> tickets;
  for (int i = 0; i < 1'200; ++i)
    tickets.push_back({"T-" + std::to_string(i), "Zeppelin " + std::to_string(i), "It leaks", "Patched", ""});
  writer->put_tickets("acme", tickets);
  std::vector<append> jobs;
  for (int i = 0; i < 1'200; ++i)
    jobs.push_back(accepted(job_of("acme", std::to_string(i))));
  writer->append_batch(jobs);
  REQUIRE(writer->remove_tenant("acme"));

  std::size_t all = 0;
  while (const auto removed = writer->clear_removed()) {
    CHECK(removed <= 1'000);
    all += removed;
  }
  CHECK(all >= 3'600);
  CHECK(reader->depth().pending == 0);
}

TEST_CASE_METHOD(removal_fixture, "an unknown tenant isn't removed") {
  CHECK_FALSE(writer->remove_tenant("nobody"));
  CHECK(writer->clear_removed() == 0);
}

TEST_CASE_METHOD(storage_fixture, "a job that can't be read is marked dead, then discarded, and nothing else") {
  const auto job = job_of("acme", "job");
  put(accepted(job));

  CHECK_FALSE(writer->mark_job(job, job_status::discarded, "", at(5)));
  CHECK(writer->mark_job(job, job_status::dead, "its journal can't be read", at(5)));
  CHECK_FALSE(writer->mark_job(job, job_status::dead, "again", at(6)));

  const auto dead = reader->find_job("job")->row;
  CHECK(dead.status == job_status::dead);
  CHECK(dead.error == "its journal can't be read");
  CHECK(dead.finished_at == at(5));
  CHECK(reader->due_jobs(at(10), 10, {}).empty());
  CHECK(writer->release_running_jobs(at(10)) == 0);
  CHECK(reader->depth().dead == 1);

  CHECK(writer->mark_job(job, job_status::discarded, "its journal can't be read", at(7)));
  CHECK(reader->find_job("job")->row.status == job_status::discarded);
  CHECK_FALSE(writer->mark_job(job_of("acme", "none"), job_status::dead, "", at(5)));
  CHECK_FALSE(writer->mark_job(job_of("nobody", "job"), job_status::dead, "", at(5)));
}

} // namespace troupe::storage::testing
