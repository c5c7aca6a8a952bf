#include "actors/cli/job_edit.hpp"

#include "actors/cli/command.hpp"
#include "actors/ticket/job_core.hpp"
#include "tests/support/memory_store.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::cli;
using Catch::Matchers::ContainsSubstring;

namespace {

const storage::timestamp start{1'763'630'000'000ms};

struct fixture {
  std::shared_ptr<testing::memory_store> store = testing::memory_store::make();
  std::unique_ptr<storage::reader> reader = store->open_reader();
  std::unique_ptr<storage::writer> writer = store->open_writer();
  config::ticket_workflow workflow;
  const std::string id = "01983f4e-7a7c-7cc1-a2f4-d00d5e5a9b11";

  /// Adds events as the engine does.
  void happened(const std::vector<ticket::job_event>& events) {
    const storage::entity_key entity{"acme", storage::entity_kind::ticket_job, id};
    ticket::job_state state;
    for (const auto& e : reader->load(entity))
      ticket::job_core::apply(state, ticket::job_core::decode(e.type, e.payload), e.at);
    storage::append append;
    append.entity = entity;
    append.expected = state.number;
    append.at = start;
    for (const auto& e : events) {
      append.events.push_back(ticket::job_core::encode(e));
      ticket::job_core::apply(state, e, start);
    }
    append.job = ticket::job_core::project(state);
    REQUIRE(store->write(append).outcome == storage::append_outcome::stored);
  }

  void accepted() {
    happened({ticket::accepted{"T-1", "subject", "description", storage::priority::high, "", "c-1", ""}});
  }

  void dead() {
    accepted();
    happened({ticket::claimed{1, 7, "v"}, ticket::dead_lettered{"gather", "gone"}});
  }

  std::string last_event() {
    return load_job(*reader, id).events.back().type;
  }

  void give(const ticket::job_command& what) {
    command_job(*reader, *writer, id, what, workflow);
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a dead job that is retried is due again") {
  dead();
  give(ticket::operator_retry{"cli"});
  CHECK(last_event() == "retried");
  CHECK(store->job("acme", id)->status == storage::job_status::pending);
}

TEST_CASE_METHOD(fixture, "a dead job that is discarded stays so") {
  dead();
  give(ticket::operator_discard{"cli"});
  CHECK(last_event() == "discarded");
  CHECK(store->job("acme", id)->status == storage::job_status::discarded);
  CHECK_THROWS_AS(give(ticket::operator_retry{"cli"}), failure);
}

TEST_CASE_METHOD(fixture, "a job that isn't dead isn't discarded") {
  accepted();
  CHECK_THROWS_WITH(give(ticket::operator_discard{"cli"}), ContainsSubstring(id));
  CHECK(last_event() == "accepted");
}

TEST_CASE_METHOD(fixture, "a job that can't be read is told of, and can be discarded once it was given up") {
  accepted();
  const storage::entity_key key{"acme", storage::entity_kind::ticket_job, id};
  store->tamper(key, [](auto& events) { events.at(0).payload = "no JSON"; });
  CHECK_FALSE(load_job(*reader, id).fault.empty());
  CHECK_THROWS_WITH(give(ticket::operator_retry{"cli"}), ContainsSubstring(id)
                                                             && ContainsSubstring("its journal can't be read")
                                                             && ContainsSubstring("troupe job discard " + id));
  CHECK_THROWS_WITH(give(ticket::operator_discard{"cli"}), ContainsSubstring("only a job that was given up"));

  REQUIRE(writer->mark_job(key, storage::job_status::dead, "its journal can't be read", start));
  CHECK_THROWS_AS(give(ticket::operator_retry{"cli"}), failure);
  give(ticket::operator_discard{"cli"});
  CHECK(store->job("acme", id)->status == storage::job_status::discarded);
}

TEST_CASE_METHOD(fixture, "a job that was set aside and can be read again goes on by a retry") {
  accepted();
  REQUIRE(
      writer->mark_job({"acme", storage::entity_kind::ticket_job, id}, storage::job_status::dead, "unreadable", start));
  give(ticket::operator_retry{"cli"});
  CHECK(last_event() == "retried");
  CHECK(store->job("acme", id)->status == storage::job_status::pending);
}

TEST_CASE_METHOD(fixture, "a job that nobody knows is named") {
  CHECK_THROWS_WITH(give(ticket::operator_retry{"cli"}), ContainsSubstring("there is no job"));
}

TEST_CASE_METHOD(fixture, "an order that the engine overtakes is decided again") {
  dead();
  bool overtaken = false;
  store->before_commit([&] {
    if (!std::exchange(overtaken, true))
      happened(
          {ticket::retried{"somebody else"}, ticket::claimed{1, 8, "v"}, ticket::dead_lettered{"gather", "again"}});
  });
  give(ticket::operator_discard{"cli"});
  CHECK(overtaken);
  CHECK(last_event() == "discarded");
}

TEST_CASE_METHOD(fixture, "an order to a job that never rests ends") {
  dead();
  bool busy = false;
  store->before_commit([&] {
    if (!std::exchange(busy, true))
      happened({ticket::retried{"x"}, ticket::claimed{1, 8, "v"}, ticket::dead_lettered{"gather", "again"}});
    busy = false;
  });
  CHECK_THROWS_AS(give(ticket::operator_discard{"cli"}), failure);
}
