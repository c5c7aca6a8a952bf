#include "tests/support/memory_store.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/actor/runtime/engine_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::testing;
using storage::append_outcome;
using storage::job_status;

namespace {

const storage::timestamp noon{12h};

struct fixture {
  std::shared_ptr<memory_store> store = memory_store::make();
  std::unique_ptr<storage::reader> reader = store->open_reader();
  std::unique_ptr<storage::writer> writer = store->open_writer();

  void add_job(std::string tenant, std::string id, storage::priority urgency = storage::priority::medium,
               storage::timestamp due = noon, job_status status = job_status::pending) {
    auto what = append_to(std::move(id));
    what.entity.tenant = std::move(tenant);
    what.job.emplace();
    what.job->priority = urgency;
    what.job->due_at = due;
    what.job->status = status;
    REQUIRE(store->write(what).outcome == append_outcome::stored);
  }

  std::vector<std::string> due(std::size_t limit = 10) {
    std::vector<std::string> result;
    for (const auto& job : reader->due_jobs(noon, limit, {}))
      result.push_back(job.id);
    return result;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "the store appends by expected number only") {
  CHECK(store->write(append_to("a")).number == 1);
  CHECK(store->write(append_to("a")).outcome == append_outcome::conflict);
  CHECK(store->write(append_to("a", 1)).number == 2);
  CHECK(store->write(append_to("a", 5)).outcome == append_outcome::conflict);
  CHECK(reader->load({"acme", storage::entity_kind::ticket_job, "a"}, 1).size() == 1);
  CHECK(reader->load({"acme", storage::entity_kind::conversation, "a"}).empty());
  storage::append nothing = append_to("b");
  nothing.events.clear();
  CHECK_THROWS_AS(store->write(nothing), storage::error);
}

TEST_CASE_METHOD(fixture, "the store serves due jobs fairly and the urgent ones first") {
  add_job("acme", "a1", storage::priority::low);
  add_job("acme", "a2", storage::priority::critical);
  add_job("acme", "a3", storage::priority::low, noon - 1h);
  add_job("beta", "b1");
  add_job("beta", "b2", storage::priority::high, noon + 1h);
  CHECK(due() == std::vector<std::string>{"a2", "b1", "a3", "a1"});
  CHECK(reader->next_due(noon) == noon + 1h);
  CHECK(reader->due_jobs(noon, 10, [](std::string_view id) { return id == "a2"; }).size() == 3);
}

TEST_CASE_METHOD(fixture, "the store goes on with the tenant after the one that it served last") {
  add_job("acme", "a1");
  add_job("beta", "b1");
  CHECK(due(1) == std::vector<std::string>{"a1"});
  CHECK(due(1) == std::vector<std::string>{"b1"});
  CHECK(due(1) == std::vector<std::string>{"a1"});
}

TEST_CASE_METHOD(fixture, "the store leaves out the jobs of paused tenants") {
  storage::tenant paused;
  paused.id = "acme";
  paused.paused = true;
  writer->add_tenant(paused);
  CHECK_THROWS_AS(writer->add_tenant(paused), storage::error);
  add_job("acme", "a1", storage::priority::low, noon);
  add_job("acme", "a2", storage::priority::low, noon + 1h);
  CHECK(due().empty());
  CHECK_FALSE(reader->next_due(noon));
  paused.paused = false;
  CHECK(writer->update_tenant(paused, paused.updated_at));
  CHECK(due().size() == 1);
  CHECK(reader->tenants_version() == 2);
  CHECK(reader->list_tenants().size() == 1);
  CHECK_FALSE(reader->find_tenant("beta"));
}

TEST_CASE_METHOD(fixture, "the store knows its jobs") {
  add_job("acme", "a1", storage::priority::low, noon, job_status::running);
  add_job("acme", "a2", storage::priority::low, noon, job_status::dead);
  add_job("beta", "b1");
  CHECK(reader->depth().running == 1);
  CHECK(reader->depth().dead == 1);
  CHECK(reader->depth().pending == 1);
  CHECK(reader->find_job("acme", "a1"));
  CHECK_FALSE(reader->find_job("beta", "a1"));
  CHECK(reader->find_job("a1")->tenant == "acme");
  CHECK_FALSE(reader->find_job("x"));
  storage::job_filter filter;
  filter.tenant = "acme";
  CHECK(reader->list_jobs(filter).front().id == "a2");
  filter.before = "a2";
  CHECK(reader->list_jobs(filter).size() == 1);
  filter.status = job_status::dead;
  CHECK(reader->list_jobs(filter).empty());
  CHECK(writer->release_running_jobs(noon) == 1);
  CHECK(reader->depth().pending == 2);
}

TEST_CASE_METHOD(fixture, "the store forgets deliveries and audit rows that are past") {
  auto first = append_to("a");
  first.at = noon;
  first.delivery = storage::delivery{{9}, noon + 1h};
  CHECK(store->write(first).outcome == append_outcome::stored);
  auto again = append_to("b");
  again.at = noon + 30min;
  again.delivery = first.delivery;
  CHECK(store->write(again).outcome == append_outcome::duplicate);
  storage::audit_entry entry;
  entry.at = noon;
  entry.tenant = "acme";
  entry.action = "tenant_added";
  writer->put_audit({&entry, 1});
  storage::audit_filter filter;
  filter.tenant = "acme";
  filter.action = "tenant_added";
  CHECK(reader->list_audit(filter).size() == 1);
  filter.action = "other";
  CHECK(reader->list_audit(filter).empty());
  CHECK(writer->expire(noon + 2h, 1h) == 2);
  CHECK(store->audit().empty());
  again.at = noon + 2h;
  CHECK(store->write(again).outcome == append_outcome::stored);
}

TEST_CASE_METHOD(fixture, "the store finds documents by their words") {
  storage::past_ticket vpn{"t1", "VPN drops", "after login", "new MTU", ""};
  storage::past_ticket mail{"t2", "Mail", "vpn unrelated", "", ""};
  storage::past_ticket tickets[] = {vpn, mail};
  writer->put_tickets("acme", tickets);
  storage::article guide{"k1", "VPN guide", "", "", ""};
  writer->put_articles("acme", {&guide, 1});
  storage::asset host{{"10.0.0.1"}, "gw", "", "", ""};
  writer->put_assets("acme", {&host, 1});
  host.role = "gateway";
  writer->put_assets("acme", {&host, 1});

  storage::text_query query;
  query.terms = {{"VPN", 1}, {"mtu", 2}};
  const auto hits = reader->search_tickets("acme", query);
  REQUIRE(hits.size() == 2);
  CHECK(hits[0].ticket.id == "t1");
  query.limit = 1;
  CHECK(reader->search_tickets("acme", query).size() == 1);
  CHECK(reader->search_tickets("beta", query).empty());
  CHECK(reader->search_articles("acme", query).size() == 1);
  CHECK(reader->ticket_frequency("acme", "vpn") == 2);
  CHECK(reader->ticket_count("acme") == 2);
  CHECK(reader->article_count("acme") == 1);
  CHECK(reader->documents_version("acme") == 4);
  CHECK(reader->documents_version("beta") == 0);
  const std::string addresses[] = {"10.0.0.1", "10.0.0.2"};
  const auto assets = reader->find_assets("acme", addresses);
  REQUIRE(assets.size() == 1);
  CHECK(assets[0].role == "gateway");
}

TEST_CASE_METHOD(fixture, "the store keeps one note per marker") {
  storage::local_note note{"n1", "t1", "text ref: j1", "", noon};
  CHECK(writer->put_local_note("acme", note, "ref: j1") == "n1");
  note.id = "n2";
  CHECK(writer->put_local_note("acme", note, "ref: j1") == "n1");
  CHECK(writer->put_local_note("beta", note, "ref: j1") == "n2");
  CHECK(reader->local_notes("acme", "t1").size() == 1);
  CHECK(reader->recent_local_notes("acme", 5).size() == 1);
  CHECK(store->notes("beta", "t1").size() == 1);
}

TEST_CASE_METHOD(fixture, "the store fails as often as it is told to, and writes nothing then") {
  store->fail_writes(1, storage::fault::full);
  const auto what = append_to("a");
  CHECK_THROWS_AS(writer->append_batch({&what, 1}), storage::error);
  CHECK(store->events(what.entity).empty());
  CHECK(writer->append_batch({&what, 1}).front().outcome == append_outcome::stored);
  store->fail_reads(1);
  CHECK_THROWS_AS(reader->depth(), storage::error);
  CHECK_NOTHROW(reader->depth());
  store->fail_opens(2);
  CHECK_THROWS_AS(store->open_reader(), storage::error);
  CHECK_THROWS_AS(store->open_writer(), storage::error);
  CHECK(store->readers_opened() == 1);
  CHECK(store->writers_opened() == 1);
  CHECK(store->name() == "memory:test");
  CHECK_FALSE(store->job("acme", "x"));
}
