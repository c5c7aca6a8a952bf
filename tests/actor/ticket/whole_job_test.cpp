#include "actors/ticket/job_effects.hpp"

#include <catch2/catch_test_macros.hpp>

#include "actors/ticket/job_observer.hpp"
#include "tests/actor/llm/manual_client.hpp"
#include "tests/actor/runtime/engine_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using net::desk::desk_failure;
using net::desk::desk_fault;

namespace {

/// A desk that answers when the test says so.
struct manual_desk final : net::desk::connector {
  void write_note(const net::desk::note& what, std::function<void(note_result)> done) override {
    notes.push_back(what);
    writes.push_back(std::move(done));
  }
  void find_note(const std::string&, const std::string& marker, const std::string&,
                 std::function<void(look_result)> done) override {
    markers.push_back(marker);
    looks.push_back(std::move(done));
  }
  void check(std::function<void(std::optional<desk_failure>)> done) override {
    done(std::nullopt);
  }

  std::vector<net::desk::note> notes;
  std::vector<std::function<void(note_result)>> writes;
  std::vector<std::string> markers;
  std::vector<std::function<void(look_result)>> looks;
};

/// One job between real services: search over a store in memory, gateway, one provider, desk.
struct fixture : testing::entity_fixture<ticket::job_core> {
  std::shared_ptr<testing::manual_client> model = std::make_shared<testing::manual_client>();
  std::shared_ptr<manual_desk> connector = std::make_shared<manual_desk>();
  std::shared_ptr<config::ticket_workflow> workflow = std::make_shared<config::ticket_workflow>();
  handle_ref<provider_actor> provider_ref;
  handle_ref<gateway_actor> models;
  handle_ref<ticket::gather_watch_actor> clockwork;
  handle_ref<desk_actor> desk_ref;
  std::shared_ptr<ticket::job_observer> seen = std::make_shared<ticket::job_observer>(metrics);

  fixture() {
    const auto db = store->open_writer();
    storage::tenant tenant;
    tenant.id = "acme";
    db->add_tenant(tenant);
    db->put_tickets("acme", std::vector<storage::past_ticket>{{"T-1", "spooler stops", "the print queue is stuck",
                                                               "Restart the spooler service.", ""}});
    config::provider_settings with;
    with.name = "p";
    provider_ref.set(spawn(provider, with, model, std::shared_ptr<const actors::clock>{time},
                           std::shared_ptr<actors::random>{chance}, std::make_shared<llm_probe>(metrics, "p", "m")));
    models.set(spawn(gateway, std::vector{named_provider{"p", provider_ref}}, std::shared_ptr<reply_cache>{}));
    clockwork.set(spawn(ticket::gather_watch, std::shared_ptr<const actors::clock>{time}, 50ms));
    desk_ref.set(spawn(desk, std::string{"acme"}, connector_ptr{connector}, desk_settings{},
                       std::shared_ptr<const actors::clock>{time}));
  }

  entity_actor<ticket::job_core> take_ticket() {
    ticket::accepted first;
    first.ticket_id = "4711";
    first.subject = "spooler stops";
    first.description = "Nothing prints since this morning, the spooler stops at once.";
    first.correlation_id = "corr-1";
    storage::append what;
    what.entity = key;
    what.at = time->now();
    what.events.push_back(ticket::job_core::encode(first));
    store->write(what);
    ticket::job_services used;
    used.sources = std::make_shared<search::service>(readers, nullptr);
    used.watch = clockwork;
    used.models = models;
    used.workflow = workflow;
    used.time = time;
    auto all = std::make_shared<entity_services<ticket::job_core>>(*services());
    all->core = workflow;
    all->effects = std::make_shared<ticket::job_effects>(used, desk_ref);
    all->observer = seen;
    auto life = keep(spawn_entity<ticket::job_core>(sys, all, {key, {{{first, time->now()}}}, nullptr, {}}));
    run();
    return life;
  }

  bool shows(std::string_view line) const {
    return metrics.render().find(line) != std::string::npos;
  }

  std::string last_event() {
    return journaled().back();
  }
};

constexpr auto good_note = "The print spooler stops and nothing prints.\n\nRestart the spooler service, as in T-1.";

} // namespace

TEST_CASE_METHOD(fixture, "a ticket gets the model's note, made from what was found, and the metrics tell") {
  take_ticket();
  REQUIRE(model->open() == 1);
  model->answer(good_note);
  run();
  REQUIRE(connector->notes.size() == 1);
  CHECK(connector->notes[0].ticket_id == "4711");
  CHECK(connector->notes[0].markdown.find("T-1") != std::string::npos);
  CHECK(connector->notes[0].markdown.find(connector->notes[0].marker) != std::string::npos);
  connector->writes[0](net::desk::note_written{"n-1"});
  run();
  CHECK(last_event() == "completed");
  CHECK(store->job("acme", "job-1")->note_id == "n-1");
  CHECK(shows(R"(status="completed",tenant_id="acme"} 1)"));
  CHECK(shows(R"(enhancement_success_rate{tenant_id="acme"} 1)"));
}

TEST_CASE_METHOD(fixture, "sources that hang are given up, and the job goes on without them") {
  hold(reader);
  take_ticket();
  advance(workflow->articles.timeout - 100ms);
  CHECK(model->open() == 0);
  advance(200ms);
  CHECK(model->open() == 1);
  release();
  CHECK(model->asked.size() == 1);
  model->fail(net::llm::chat_fault::refused);
  run();
  REQUIRE(connector->notes.size() == 1);
  CHECK(connector->notes[0].markdown.find("Restart the spooler") == std::string::npos);
}

TEST_CASE_METHOD(fixture, "without any answer from a model the note is composed from what was found") {
  take_ticket();
  model->fail(net::llm::chat_fault::refused);
  run();
  REQUIRE(connector->notes.size() == 1);
  CHECK(connector->notes[0].markdown.find("Restart the spooler service") != std::string::npos);
  connector->writes[0](net::desk::note_written{"n-1"});
  run();
  CHECK(store->job("acme", "job-1")->provider == "extractive");
}

TEST_CASE_METHOD(fixture, "while the gateway is being restarted a job composes its note by itself") {
  models.clear();
  take_ticket();
  CHECK(model->open() == 0);
  CHECK(connector->notes.size() == 1);
}

TEST_CASE_METHOD(fixture, "a model's call that is lost with its actor doesn't hold its job up") {
  take_ticket();
  REQUIRE(model->open() == 1);
  caf::anon_send_exit(provider_ref.get(), caf::exit_reason::kill);
  provider_ref.clear();
  run();
  CHECK(connector->notes.size() == 1);
}

TEST_CASE_METHOD(fixture, "while the desk's actor is being restarted the attempt fails and is counted") {
  const auto down = desk_ref.get();
  desk_ref.clear();
  take_ticket();
  model->answer(good_note);
  run();
  CHECK(connector->notes.empty());
  CHECK(last_event() == "failed");
  CHECK(shows(R"(status="retried",tenant_id="acme"} 1)"));
  CHECK(shows(R"(enhancement_step_failures_total{operation_type="write_note",tenant_id="acme"} 1)"));
}

TEST_CASE_METHOD(fixture, "a note whose outcome got lost is looked for by its mark, not written again") {
  take_ticket();
  model->answer(good_note);
  run();
  REQUIRE(connector->notes.size() == 1);
  connector->writes[0](desk_failure{desk_fault::unknown_outcome, "the connection broke", std::nullopt});
  run();
  advance(workflow->write_timeout + workflow->write_margin + 1s);
  REQUIRE(connector->looks.size() == 1);
  CHECK(connector->markers[0] == connector->notes[0].marker);
  connector->looks[0](net::desk::note_search{"n-7"});
  run();
  CHECK(connector->notes.size() == 1);
  CHECK(last_event() == "completed");
  CHECK(store->job("acme", "job-1")->note_id == "n-7");
}

TEST_CASE_METHOD(fixture, "a desk that refuses for good ends the job as dead, and the success rate falls") {
  take_ticket();
  model->answer(good_note);
  run();
  connector->writes[0](desk_failure{desk_fault::not_found, "there is no such ticket", std::nullopt});
  run();
  CHECK(last_event() == "dead_lettered");
  CHECK(store->job("acme", "job-1")->error.find("no such ticket") != std::string::npos);
  CHECK(shows(R"(status="failed",tenant_id="acme"} 1)"));
  CHECK(shows(R"(enhancement_success_rate{tenant_id="acme"} 0)"));
}

TEST_CASE_METHOD(fixture, "a desk that throttles postpones the job without counting a failure") {
  take_ticket();
  model->answer(good_note);
  run();
  // Another job's write made the desk want a long pause.
  auto other = std::make_shared<desk_write>();
  other->note = {"1", "text", "ref: 1", "c", 30s};
  other->deadline = time->now() + 30s;
  other->done = [](const note_result&) {};
  caf::anon_send(desk_ref.get(), atom::write_note_v, desk_write_ptr{other});
  run();
  REQUIRE(connector->writes.size() == 2);
  connector->writes[1](desk_failure{desk_fault::rate_limited, "too many", 3'600s});
  run();
  connector->writes[0](desk_failure{desk_fault::rate_limited, "too many", 3'600s});
  run();
  const auto row = store->job("acme", "job-1");
  CHECK(row->status == storage::job_status::pending);
  CHECK(row->due_at > time->now());
}

TEST_CASE_METHOD(fixture, "when storage takes no events the job waits for it and then goes on") {
  take_ticket();
  store->fail_writes(1);
  model->answer(good_note);
  run();
  CHECK(connector->notes.empty());
  advance(10s);
  CHECK(connector->notes.size() == 1);
}
