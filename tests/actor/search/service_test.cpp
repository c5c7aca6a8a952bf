#include "actors/search/service.hpp"

#include <memory>
#include <optional>

#include <catch2/catch_test_macros.hpp>

#include "tests/actor/runtime/engine_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;
using search::source_status;

namespace {

struct service_fixture : engine_fixture {
  service_fixture() {
    const auto writer = store->open_writer();
    storage::tenant tenant;
    tenant.id = "acme";
    writer->add_tenant(tenant);
    const std::vector<storage::past_ticket> solved{{"T-1", "spooler stops", "print queue", "", ""}};
    writer->put_tickets("acme", solved);
    const std::vector<storage::article> pages{{"K-1", "spooler stops", "", "", ""}};
    writer->put_articles("acme", pages);
    const std::vector<storage::asset> machines{{{"10.0.0.1"}, "one.example", "", "", ""}};
    writer->put_assets("acme", machines);
  }

  search::request_ptr request(std::string subject) {
    return std::make_shared<search::request>(search::request{"acme", std::move(subject), "", 5});
  }

  void ask(const search::request_ptr& what) {
    sources.find_tickets(what, [this](search::tickets_found found) { tickets = std::move(found); });
    sources.find_articles(what, [this](search::articles_found found) { articles = std::move(found); });
    sources.find_assets(what, [this](search::assets_found found) { assets = std::move(found); });
  }

  search::service sources{readers, nullptr};
  std::optional<search::tickets_found> tickets;
  std::optional<search::articles_found> articles;
  std::optional<search::assets_found> assets;
};

} // namespace

TEST_CASE_METHOD(service_fixture, "each search is a task of its own for the readers") {
  start_reader();
  ask(request("spooler stops at 10.0.0.1"));
  CHECK(readers->depth() == 3);
  CHECK_FALSE(tickets);
  run();
  REQUIRE((tickets && articles && assets));
  CHECK(tickets->status == source_status::ok);
  CHECK(tickets->hits.at(0).ticket.id == "T-1");
  CHECK(articles->hits.at(0).article.id == "K-1");
  CHECK(assets->hits.at(0).asset.hostname == "one.example");
}

TEST_CASE_METHOD(service_fixture, "readers that are full or gone are a failed source, told at once") {
  readers->close();
  ask(request("spooler stops at 10.0.0.1"));
  REQUIRE((tickets && articles && assets));
  CHECK(tickets->status == source_status::failed);
  CHECK(articles->status == source_status::failed);
  CHECK(assets->status == source_status::failed);
  CHECK_FALSE(tickets->error.empty());
}

TEST_CASE_METHOD(service_fixture, "a database that can't be read is a failed source") {
  start_reader();
  store->fail_reads(1);
  sources.find_tickets(request("spooler stops"), [this](search::tickets_found found) { tickets = std::move(found); });
  run();
  REQUIRE(tickets);
  CHECK(tickets->status == source_status::failed);
  CHECK(tickets->hits.empty());
}
