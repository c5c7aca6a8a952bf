#include "actors/tenancy/tenants.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/actor_fixture.hpp"
#include "tests/support/memory_store.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;

namespace {

/// Effects that nobody answers: jobs stay where they are.
struct silent_effects final : effect_runner<ticket::job_core> {
  void run(ticket::job_effect, feedback<ticket::job_core>) override {}
};

/// Effects that throw: each job of theirs dies.
struct broken_effects final : effect_runner<ticket::job_core> {
  void run(ticket::job_effect, feedback<ticket::job_core>) override {
    throw std::runtime_error{"boom"};
  }
};

struct fixture : testing::actor_fixture {
  std::shared_ptr<testing::memory_store> store = testing::memory_store::make();
  std::shared_ptr<reader_pool> readers = std::make_shared<reader_pool>();
  std::shared_ptr<tenant_registry> registry = std::make_shared<tenant_registry>();
  std::shared_ptr<effect_runner<ticket::job_core>> effects = std::make_shared<silent_effects>();
  std::vector<job_end_ptr> ends;
  int orphanings = 0;
  std::vector<std::string> connected;
  config::metrics metrics;
  std::shared_ptr<tenant_services> services = std::make_shared<tenant_services>();

  fixture() {
    spawn(reader, readers, std::function<std::unique_ptr<storage::reader>()>{[this] { return store->open_reader(); }});
    services->connect = [this](const storage::tenant& who) {
      connected.push_back(who.id + " " + who.desk_url);
      return connector_ptr{};
    };
    services->jobs = [this](handle_ref<desk_actor>) {
      auto result = std::make_shared<entity_services<ticket::job_core>>();
      result->core = std::make_shared<config::ticket_workflow>();
      result->time = time;
      result->chance = chance;
      result->journal = std::make_shared<journal_queue>();
      result->readers = readers;
      result->timers = std::make_shared<timer_queue>();
      result->effects = effects;
      return result;
    };
    services->ended = [this](job_end_ptr what) { ends.push_back(std::move(what)); };
    services->orphaned = [this] { ++orphanings; };
    services->live_jobs = std::make_shared<std::atomic<std::size_t>>(0);
    services->time = time;
    services->chance = chance;
    services->restarts = std::make_shared<supervisor_probe>(metrics);
  }

  static storage::tenant tenant_of(const std::string& id, int version = 0) {
    storage::tenant result;
    result.id = id;
    result.desk_url = "v" + std::to_string(version);
    result.updated_at = storage::timestamp{std::chrono::seconds{version}};
    return result;
  }

  static tenant_table_ptr table(std::vector<storage::tenant> of) {
    return std::make_shared<const tenant_table>(1, std::move(of));
  }

  tenants_actor make(std::vector<storage::tenant> of) {
    auto result = spawn(tenants, registry, std::shared_ptr<const tenant_services>{services}, table(std::move(of)));
    run();
    return result;
  }

  void run_job(const std::string& tenant, const std::string& id) {
    auto hint = std::make_shared<job_hint>();
    hint->tenant = tenant;
    hint->id = id;
    ticket::accepted first;
    first.ticket_id = "7";
    first.description = "text";
    hint->known.emplace();
    hint->known->push_back({first, time->now()});
    caf::anon_send(registry->find(tenant), atom::run_job_v, std::move(hint));
    run();
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "each tenant gets an actor of its own, also when it is added later") {
  auto all = make({tenant_of("a")});
  CHECK(registry->find("a"));
  CHECK_FALSE(registry->find("b"));
  caf::anon_send(all, atom::configure_v, table({tenant_of("a"), tenant_of("b")}));
  run();
  CHECK(registry->find("b"));
  CHECK(connected == std::vector<std::string>{"a v0", "b v0"});
}

TEST_CASE_METHOD(fixture, "a tenant whose settings change gets another connector, the others keep theirs") {
  auto all = make({tenant_of("a"), tenant_of("b")});
  connected.clear();
  caf::anon_send(all, atom::configure_v, table({tenant_of("a", 1), tenant_of("b")}));
  run();
  CHECK(connected == std::vector<std::string>{"a v1"});
}

TEST_CASE_METHOD(fixture, "a change that isn't about the desk leaves its connector alone") {
  auto all = make({tenant_of("a")});
  connected.clear();
  auto paused = tenant_of("a");
  paused.paused = true;
  paused.updated_at = storage::timestamp{std::chrono::seconds{9}};
  caf::anon_send(all, atom::configure_v, table({paused}));
  run();
  CHECK(connected.empty());
}

TEST_CASE_METHOD(fixture, "a tenant that is removed loses its actor") {
  auto all = make({tenant_of("a")});
  caf::anon_send(all, atom::configure_v, table({}));
  advance(10s);
  CHECK_FALSE(registry->find("a"));
}

TEST_CASE_METHOD(fixture, "a tenant that is added anew while its namesake still ends gets its actor after that") {
  auto all = make({tenant_of("a")});
  run_job("a", "job");
  caf::anon_send(all, atom::configure_v, table({}));
  caf::anon_send(all, atom::configure_v, table({tenant_of("a", 2)}));
  run();
  connected.clear();
  advance(20s);
  CHECK(registry->find("a"));
  CHECK(connected == std::vector<std::string>{"a v2"});
  CHECK(services->live_jobs->load() == 0);
}

TEST_CASE_METHOD(fixture, "a tenant's actor that dies is started again with the settings of the moment") {
  auto all = make({tenant_of("a")});
  caf::anon_send(all, atom::configure_v, table({tenant_of("a", 3)}));
  run();
  connected.clear();
  caf::anon_send_exit(registry->find("a"), caf::exit_reason::kill);
  advance(5s);
  CHECK(registry->find("a"));
  CHECK(connected == std::vector<std::string>{"a v3"});
}

TEST_CASE_METHOD(fixture, "jobs live below their tenant, once each, and are counted") {
  auto all = make({tenant_of("a")});
  run_job("a", "job-1");
  run_job("a", "job-1");
  run_job("a", "job-2");
  CHECK(services->live_jobs->load() == 2);
}

TEST_CASE_METHOD(fixture, "a job that crashes is reported with its reason, and its neighbours live on") {
  auto all = make({tenant_of("a")});
  run_job("a", "job-1");
  dynamic_cast<silent_effects&>(*effects);
  effects = std::make_shared<broken_effects>();
  auto other = make({tenant_of("c")});
  run_job("c", "job-2");
  REQUIRE(ends.size() == 1);
  CHECK(ends[0]->id == "job-2");
  CHECK(ends[0]->crashed);
  CHECK(ends[0]->reason.find("boom") != std::string::npos);
  CHECK(services->live_jobs->load() == 1);
  CHECK(metrics.render().find(R"(troupe_actor_restarts_total{actor="ticket_job")") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "a tenant's death takes its jobs with it and nobody else's") {
  auto all = make({tenant_of("a"), tenant_of("b")});
  run_job("a", "job-1");
  run_job("b", "job-2");
  caf::anon_send_exit(registry->find("a"), caf::exit_reason::kill);
  run();
  CHECK(services->live_jobs->load() == 1);
}

TEST_CASE_METHOD(fixture, "that a tenant died with jobs is told, that one without any died isn't") {
  auto all = make({tenant_of("a"), tenant_of("b")});
  run_job("a", "job-1");
  caf::anon_send_exit(registry->find("b"), caf::exit_reason::kill);
  run();
  CHECK(orphanings == 0);
  caf::anon_send_exit(registry->find("a"), caf::exit_reason::kill);
  run();
  CHECK(orphanings == 1);
}
