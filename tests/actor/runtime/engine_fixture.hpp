#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/runtime/entity.hpp"
#include "actors/runtime/journal_writer.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "actors/runtime/timers.hpp"
#include "config/metrics.hpp"
#include "tests/actor/runtime/counter.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/memory_store.hpp"

namespace troupe::testing {

/// An append of one event, as small as it gets.
inline storage::append append_to(std::string id, std::uint64_t expected = 0, std::string type = "added") {
  storage::append result;
  result.entity = {"acme", storage::entity_kind::ticket_job, std::move(id)};
  result.expected = expected;
  result.events.push_back({std::move(type), "1"});
  return result;
}

/// What an append became, once it is known.
struct append_probe {
  std::optional<actors::append_reply> reply;

  actors::pending_append_ptr make(storage::append what) {
    return actors::make_pending_append(std::move(what), [this](actors::append_reply x) { reply = std::move(x); });
  }
};

/// Journal writer, one reader and timers over a store in memory, and what counters need.
struct engine_fixture : actor_fixture {
  std::shared_ptr<memory_store> store = memory_store::make();
  config::metrics metrics;
  std::shared_ptr<actors::journal_probe> journal_probe = std::make_shared<actors::journal_probe>(metrics);
  std::shared_ptr<actors::journal_queue> journal =
      std::make_shared<actors::journal_queue>(actors::journal_limits{4, 8, 4});
  std::shared_ptr<actors::reader_pool> readers =
      std::make_shared<actors::reader_pool>(4, std::make_shared<actors::reader_probe>(metrics));
  std::shared_ptr<actors::timer_queue> timers = std::make_shared<actors::timer_queue>();

  auto start_writer() {
    return spawn(
        {.name = "journal_writer", .detached = true}, actors::journal_writer, journal,
        [db = store] { return db->open_writer(); }, std::shared_ptr<const actors::clock>{time}, journal_probe);
  }

  auto start_reader() {
    return spawn({.name = "reader", .detached = true}, actors::reader, readers,
                 [db = store] { return db->open_reader(); });
  }

  auto start_timers() {
    return spawn({.name = "timers"}, actors::timer_keeper, timers);
  }
};

/// An engine in which entities over `Core` live.
template <class Core>
struct entity_fixture : engine_fixture {
  std::shared_ptr<recorded_effects<Core>> effects = std::make_shared<recorded_effects<Core>>();
  std::shared_ptr<recorded_events<Core>> observed = std::make_shared<recorded_events<Core>>();
  storage::entity_key key{"acme", storage::entity_kind::ticket_job, "job-1"};
  actors::journal_writer_actor writer = start_writer();
  actors::reader_actor reader = start_reader();
  caf::actor keeper = start_timers();

  std::shared_ptr<const actors::entity_services<Core>> services() {
    auto result = std::make_shared<actors::entity_services<Core>>();
    result->core = std::make_shared<typename Core::settings>();
    result->time = time;
    result->chance = chance;
    result->journal = journal;
    result->readers = readers;
    result->timers = timers;
    result->effects = effects;
    result->observer = observed;
    result->settings.waiting_commands = 3;
    return result;
  }

  /// An entity that reads its journal first.
  actors::entity_actor<Core> start() {
    return launch({key, std::nullopt, nullptr, {}});
  }

  /// An entity whose events are at hand.
  actors::entity_actor<Core> start_with(std::vector<typename Core::event> events) {
    std::vector<actors::recorded<typename Core::event>> known;
    for (auto& event : events)
      known.push_back({std::move(event), time->now()});
    return launch({key, std::move(known), nullptr, {}});
  }

  actors::entity_actor<Core> launch(actors::entity_start<Core> how) {
    auto result = keep(actors::spawn_entity<Core>(sys, services(), std::move(how)));
    watch(result);
    return result;
  }

  /// Tells an entity something and keeps what became of it.
  std::shared_ptr<std::optional<actors::command_result>> tell(const actors::entity_actor<Core>& whom,
                                                              typename Core::command what) {
    auto result = std::make_shared<std::optional<actors::command_result>>();
    actors::tell<Core>(whom, std::move(what), [result](actors::command_result x) { *result = std::move(x); });
    return result;
  }

  std::vector<std::string> journaled() {
    std::vector<std::string> result;
    for (const auto& event : store->events(key))
      result.push_back(event.type);
    return result;
  }
};

} // namespace troupe::testing
