#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

/// Everything of one shape at both tenants, under the same names.
void fill(storage_fixture& in) {
  for (const std::string tenant : {"acme", "globex"}) {
    const auto text = "printer of " + tenant;
    in.put(accepted(job_of(tenant, "job-of-" + tenant), text));
    const std::vector tickets{past_ticket{"T-1", text, text, text, tenant}};
    in.writer->put_tickets(tenant, tickets);
    const std::vector pages{article{"K-1", text, text, text, tenant}};
    in.writer->put_articles(tenant, pages);
    const std::vector assets{asset{{"10.0.0.1"}, "host of " + tenant, tenant, tenant, tenant}};
    in.writer->put_assets(tenant, assets);
    in.writer->put_local_note(tenant, {"note of " + tenant, "T-1", text, text, at(0)}, "ref: 1");
    const std::vector audit{audit_entry{at(0), "cli", "x", tenant, "o", "ok", "c"}};
    in.writer->put_audit(audit);
  }
}

} // namespace

TEST_CASE_METHOD(storage_fixture, "no query shows one tenant what is another's") {
  fill(*this);
  const std::vector<std::string> address{"10.0.0.1"};
  text_query words;
  words.terms = {{"printer", 1},
                 {"globex", 1},
                 {"2\x1f"
                  "printer",
                  1},
                 {"2:printer", 1}};

  CHECK(reader->load(job_of("acme", "job-of-globex")).empty());
  CHECK_FALSE(reader->find_job("acme", "job-of-globex"));
  job_filter jobs;
  jobs.tenant = "acme";
  REQUIRE(reader->list_jobs(jobs).size() == 1);
  CHECK(reader->list_jobs(jobs)[0].id == "job-of-acme");
  jobs.before = "job-of-globex";
  for (const auto& job : reader->list_jobs(jobs))
    CHECK(job.tenant == "acme");

  const auto tickets = reader->search_tickets("acme", words);
  REQUIRE(tickets.size() == 1);
  CHECK(tickets[0].ticket.resolved_at == "acme");
  const auto articles = reader->search_articles("acme", words);
  REQUIRE(articles.size() == 1);
  CHECK(articles[0].article.url == "acme");
  CHECK(reader->ticket_frequency("acme", "globex") == 0);
  CHECK(reader->ticket_frequency("acme", "printer") == 1);
  CHECK(reader->ticket_count("acme") == 1);
  CHECK(reader->article_count("acme") == 1);

  const auto assets = reader->find_assets("acme", address);
  REQUIRE(assets.size() == 1);
  CHECK(assets[0].hostname == "host of acme");
  REQUIRE(reader->local_notes("acme", "T-1").size() == 1);
  CHECK(reader->local_notes("acme", "T-1")[0].id == "note of acme");
  CHECK(reader->recent_local_notes("acme", 10).size() == 1);
  audit_filter audit;
  audit.tenant = "acme";
  CHECK(reader->list_audit(audit).size() == 1);
}

TEST_CASE_METHOD(storage_fixture, "no write of one tenant changes what is another's") {
  fill(*this);
  const std::vector tickets{past_ticket{"T-1", "changed", "", "", ""}};
  writer->put_tickets("acme", tickets);
  const std::vector assets{asset{{"10.0.0.1"}, "changed", "", "", ""}};
  writer->put_assets("acme", assets);
  CHECK(put(next(job_of("acme", "job-of-globex"), 1, {"discarded"})).outcome == append_outcome::conflict);

  text_query words;
  words.terms = {{"printer", 1}};
  CHECK(reader->search_tickets("globex", words).size() == 1);
  const std::vector<std::string> address{"10.0.0.1"};
  CHECK(reader->find_assets("globex", address).at(0).hostname == "host of globex");
  CHECK(reader->load(job_of("globex", "job-of-globex")).size() == 1);
}

TEST_CASE_METHOD(storage_fixture, "a tenant's name that tries to be more is just unknown") {
  fill(*this);
  const std::vector<std::string> address{"10.0.0.1"};
  text_query words;
  words.terms = {{"printer", 1}};
  for (const auto& text : hostile_texts()) {
    CHECK(reader->load(job_of(text, "job-of-acme")).empty());
    CHECK_FALSE(reader->find_job(text, "job-of-acme"));
    CHECK(reader->search_tickets(text, words).empty());
    CHECK(reader->search_articles(text, words).empty());
    CHECK(reader->find_assets(text, address).empty());
    CHECK(reader->local_notes(text, "T-1").empty());
    CHECK(reader->ticket_count(text) == 0);
    job_filter jobs;
    jobs.tenant = text;
    CHECK(reader->list_jobs(jobs).empty());
    CHECK_FALSE(reader->find_job(text));
  }
  CHECK(reader->list_tenants().size() == 2);
}

} // namespace troupe::storage::testing
