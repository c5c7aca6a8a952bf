#include "actors/tenancy/intake.hpp"

#include <atomic>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/actor_fixture.hpp"
#include "tests/support/memory_store.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;

namespace {

/// A tenant that only notes which jobs it was given.
tenant_actor::behavior_type noting_tenant(tenant_actor::pointer, std::shared_ptr<std::vector<job_hint_ptr>> given) {
  return {
      [given](atom::run_job, const job_hint_ptr& what) { given->push_back(what); },
      [](atom::converse, const conversation_order_ptr&) {},
      [](atom::configure, const tenant_ptr&) {},
      [](atom::park) {},
      [](const tick&) {},
  };
}

struct fixture : testing::actor_fixture {
  std::shared_ptr<testing::memory_store> store = testing::memory_store::make();
  std::shared_ptr<reader_pool> readers = std::make_shared<reader_pool>();
  std::shared_ptr<tenant_directory> directory = std::make_shared<tenant_directory>();
  std::shared_ptr<tenant_registry> registry = std::make_shared<tenant_registry>();
  std::shared_ptr<std::vector<job_hint_ptr>> given = std::make_shared<std::vector<job_hint_ptr>>();
  std::shared_ptr<std::atomic<bool>> room = std::make_shared<std::atomic<bool>>(true);
  std::vector<std::string> given_up;
  config::metrics metrics;
  std::vector<storage::tenant> tenants;
  int next_id = 0;

  fixture() {
    spawn(reader, readers, std::function<std::unique_ptr<storage::reader>()>{[this] { return store->open_reader(); }});
    for (const auto* id : {"a", "b"}) {
      storage::tenant tenant;
      tenant.id = id;
      store->open_writer()->add_tenant(tenant);
      tenants.push_back(tenant);
      start_tenant(id);
    }
    publish();
  }

  void start_tenant(const std::string& id) {
    registry->cell(id).set(spawn(noting_tenant, given));
  }

  void publish() {
    directory->publish(std::make_shared<tenant_table>(1, tenants));
  }

  intake_actor make(intake_settings settings = {}) {
    auto result = spawn(intake, settings,
                        intake_services{directory, registry, readers, time, std::make_shared<intake_probe>(metrics),
                                        [this](const std::string&, const std::string& id, const std::string&) {
                                          given_up.push_back(id);
                                        },
                                        room});
    run();
    return result;
  }

  /// A job in the database, as an accepted webhook leaves it.
  std::string store_job(const std::string& tenant, storage::priority priority = storage::priority::medium,
                        std::chrono::milliseconds due_in = 0ms) {
    const auto id = "job-" + std::to_string(100 + next_id++);
    storage::append what;
    what.entity = {tenant, storage::entity_kind::ticket_job, id};
    what.events = {{"accepted", "{}"}};
    what.at = time->now();
    what.job.emplace();
    what.job->priority = priority;
    what.job->due_at = time->now() + due_in;
    store->write(what);
    return id;
  }

  void accept(const intake_actor& whom, const std::string& tenant, const std::string& id,
              storage::priority priority = storage::priority::medium) {
    auto hint = std::make_shared<job_hint>();
    hint->tenant = tenant;
    hint->id = id;
    hint->priority = priority;
    hint->known.emplace();
    caf::anon_send(whom, atom::run_job_v, std::move(hint));
    run();
  }

  /// The job leaves memory; `claimed` jobs aren't due any more.
  void end(const intake_actor& whom, const std::string& tenant, const std::string& id, bool crashed = false) {
    if (!crashed)
      finish(tenant, id);
    caf::anon_send(whom, atom::ended_v,
                   std::make_shared<const job_end>(job_end{tenant, id, crashed, false, crashed ? "exception" : ""}));
    run();
  }

  void finish(const std::string& tenant, const std::string& id) {
    storage::append what;
    what.entity = {tenant, storage::entity_kind::ticket_job, id};
    what.expected = 1;
    what.events = {{"completed", "{}"}};
    what.at = time->now();
    what.job.emplace();
    what.job->status = storage::job_status::completed;
    store->write(what);
  }

  std::vector<std::string> ids() const {
    std::vector<std::string> result;
    for (const auto& hint : *given)
      result.push_back(hint->id);
    return result;
  }
};

using names = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(fixture, "jobs that wait in the database when the process starts are handed to their tenants") {
  const auto one = store_job("a"), two = store_job("b");
  make();
  CHECK(ids() == names{one, two});
}

TEST_CASE_METHOD(fixture, "a job that was just accepted starts without being read back") {
  auto i = make();
  accept(i, "a", "job-1");
  REQUIRE(given->size() == 1);
  CHECK(given->at(0)->known);
}

TEST_CASE_METHOD(fixture, "no more jobs than the limit are in flight; the next starts when one ends") {
  auto i = make({.max_in_flight = 1});
  const auto one = store_job("a"), two = store_job("a");
  accept(i, "a", one);
  accept(i, "a", two);
  CHECK(ids() == names{one});
  end(i, "a", one);
  CHECK(ids() == names{one, two});
}

TEST_CASE_METHOD(fixture, "one tenant's burst doesn't hold another's job back") {
  auto i = make({.max_in_flight = 1});
  const auto first = store_job("a");
  accept(i, "a", first);
  for (int n = 0; n < 5; ++n)
    accept(i, "a", store_job("a"));
  const auto other = store_job("b");
  accept(i, "b", other);
  end(i, "a", first);
  end(i, "a", ids()[1]);
  CHECK(ids()[2] == other);
}

TEST_CASE_METHOD(fixture, "urgent jobs of a tenant go first") {
  auto i = make({.max_in_flight = 1});
  const auto first = store_job("a");
  accept(i, "a", first);
  accept(i, "a", store_job("a", storage::priority::low), storage::priority::low);
  const auto urgent = store_job("a", storage::priority::critical);
  accept(i, "a", urgent, storage::priority::critical);
  end(i, "a", first);
  CHECK(ids()[1] == urgent);
}

TEST_CASE_METHOD(fixture, "a tenant's own limit leaves room for others") {
  auto i = make({.max_in_flight = 10, .max_in_flight_per_tenant = 1});
  accept(i, "a", store_job("a"));
  accept(i, "a", store_job("a"));
  accept(i, "b", store_job("b"));
  CHECK(given->size() == 2);
  CHECK(given->at(1)->tenant == "b");
}

TEST_CASE_METHOD(fixture, "jobs that find no room in memory wait in the database and come all the same") {
  auto i = make({.max_in_flight = 1, .queue_limit = 2, .fetch = 2});
  names all;
  for (int n = 0; n < 7; ++n) {
    all.push_back(store_job("a"));
    accept(i, "a", all.back());
  }
  for (std::size_t n = 0; n < all.size(); ++n) {
    advance(1s);
    REQUIRE(given->size() == n + 1);
    end(i, "a", given->back()->id);
  }
  auto seen = ids();
  std::ranges::sort(seen);
  CHECK(seen == all);
}

TEST_CASE_METHOD(fixture, "an intake without room says so, and has some again when it looks into the database") {
  auto i = make({.max_in_flight = 1, .queue_limit = 2, .fetch = 2});
  std::vector<std::string> jobs;
  for (int n = 0; n < 5; ++n) {
    jobs.push_back(store_job("a"));
    accept(i, "a", jobs.back());
  }
  CHECK_FALSE(room->load());
  for (int n = 0; n < 4; ++n)
    end(i, "a", given->back()->id);
  CHECK(room->load());
  CHECK(given->size() == 5);
}

TEST_CASE_METHOD(fixture, "a job is never started twice at a time") {
  auto i = make();
  const auto job = store_job("a");
  accept(i, "a", job);
  accept(i, "a", job);
  advance(5s);
  CHECK(ids() == names{job});
}

TEST_CASE_METHOD(fixture, "a job that waits for its retry starts when it is due") {
  make();
  const auto job = store_job("a", storage::priority::medium, 10s);
  advance(9s);
  CHECK(given->empty());
  advance(2s);
  CHECK(ids() == names{job});
}

TEST_CASE_METHOD(fixture, "a paused tenant's jobs wait until it is resumed") {
  auto i = make();
  tenants[0].paused = true;
  publish();
  accept(i, "a", store_job("a"));
  CHECK(given->empty());
  tenants[0].paused = false;
  publish();
  caf::anon_send(i, atom::look_v);
  run();
  CHECK(given->size() == 1);
}

TEST_CASE_METHOD(fixture, "a paused tenant's flood doesn't keep others' jobs from starting") {
  auto i = make({.max_in_flight = 100, .queue_limit = 50, .fetch = 16});
  tenants[0].paused = true;
  publish();
  for (int n = 0; n < 100; ++n)
    accept(i, "a", store_job("a"));
  const auto waiting = store_job("b");
  const auto fresh = store_job("b");
  accept(i, "b", fresh);
  advance(2s);
  auto seen = ids();
  std::ranges::sort(seen);
  CHECK(seen == names{waiting, fresh});
}

TEST_CASE_METHOD(fixture, "jobs that were queued when their tenant was paused make room, and come when it resumes") {
  auto i = make({.max_in_flight = 1, .queue_limit = 50, .fetch = 8});
  const auto first = store_job("a");
  accept(i, "a", first);
  for (int n = 0; n < 8; ++n)
    accept(i, "a", store_job("a"));
  tenants[0].paused = true;
  publish();
  const auto other = store_job("b");
  end(i, "a", first);
  advance(2s);
  CHECK(ids().back() == other);
  end(i, "b", other);
  tenants[0].paused = false;
  publish();
  advance(2s);
  CHECK(given->size() == 3);
}

TEST_CASE_METHOD(fixture, "a tenant that floods doesn't starve the jobs that wait in the database") {
  auto i = make({.max_in_flight = 1, .queue_limit = 50, .fetch = 8});
  accept(i, "a", store_job("a"));
  for (int n = 0; n < 8; ++n)
    accept(i, "a", store_job("a"));
  const auto other = store_job("b");
  for (int n = 0; n < 30; ++n) {
    end(i, given->back()->tenant, given->back()->id);
    accept(i, "a", store_job("a"));
    advance(100ms);
  }
  const auto seen = ids();
  CHECK(std::ranges::find(seen, other) != seen.end());
}

TEST_CASE_METHOD(fixture, "storage that fails for a while only delays") {
  const auto job = store_job("a");
  store->fail_reads(2);
  make();
  CHECK(given->empty());
  advance(3s);
  CHECK(ids() == names{job});
}

TEST_CASE_METHOD(fixture, "a job whose life crashes gets another one, later and later, and is given up in the end") {
  auto i = make();
  const auto job = store_job("a");
  accept(i, "a", job);
  for (std::size_t life = 1; life < 5; ++life) {
    end(i, "a", job, true);
    CHECK(given->size() == life);
    advance(20s);
    REQUIRE(given->size() == life + 1);
    CHECK_FALSE(given->back()->known);
  }
  end(i, "a", job, true);
  CHECK(given_up == names{job});
  CHECK(metrics.render().find("troupe_jobs_given_up_total 1") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "a job whose life was begun by a former intake gets another one when it crashes") {
  auto i = make();
  const auto job = store_job("a");
  finish("a", job); // it isn't due
  end(i, "a", job, true);
  advance(20s);
  CHECK(ids() == names{job});
}

TEST_CASE_METHOD(fixture, "jobs of a tenant whose actor dies start again when it is back") {
  auto i = make();
  const auto job = store_job("a");
  accept(i, "a", job);
  caf::anon_send_exit(registry->find("a"), caf::exit_reason::kill);
  registry->cell("a").clear();
  advance(2s);
  CHECK(given->size() == 1);
  start_tenant("a");
  advance(3s);
  CHECK(ids() == names{job, job});
  CHECK(given_up.empty());
}

TEST_CASE_METHOD(fixture, "a tenant that keeps dying costs its jobs nothing but time") {
  auto i = make();
  const auto job = store_job("a");
  accept(i, "a", job);
  for (int life = 0; life < 8; ++life) {
    caf::anon_send_exit(registry->find("a"), caf::exit_reason::kill);
    run();
    start_tenant("a");
    advance(5s);
  }
  CHECK(given->size() == 9);
  CHECK(given_up.empty());
}

TEST_CASE_METHOD(fixture, "an engine that stops starts nothing more") {
  auto i = make();
  caf::anon_send(i, atom::park_v);
  accept(i, "a", store_job("a"));
  advance(5s);
  CHECK(given->empty());
}
