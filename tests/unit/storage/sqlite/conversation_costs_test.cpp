#include "sqlite/database.hpp"
#include "storage/sqlite/conversations.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sqlite3.h>

namespace troupe::storage::testing {

namespace {

/// Many conversations, and what a query among them costs: SQLite's own steps, which don't depend on the machine.
class costs_fixture : public storage_fixture {
public:
  /// `count` further ones of a tenant: as many threads of one user's with one agent as conversations of other users.
  void open_many(int count) {
    std::vector<append> batch;
    for (int i = 0; i < count; ++i) {
      const auto number = std::to_string(1'000'000 + next_++);
      batch.push_back(opened(talk_of("acme", "t" + number), "mia", "thread:" + number));
      batch.push_back(opened(talk_of("acme", "u" + number), "user " + number, number));
      batch.back().conversation->agent = "agent " + std::to_string(i % 5);
      batch.back().conversation->last_at = at(i * 10'000);
    }
    writer->append_batch(batch);
  }

  std::uint64_t steps_of(const std::function<void(sqlite::conversations&)>& query) {
    sqlite::connection on{{dynamic_cast<const sqlite_database&>(*database).file().string()}};
    sqlite::conversations all{on};
    query(all); // compiles
    steps_ = 0;
    sqlite3_progress_handler(
        on.handle(), 1,
        [](void* self) {
          ++static_cast<costs_fixture*>(self)->steps_;
          return 0;
        },
        this);
    query(all);
    return steps_;
  }

private:
  int next_ = 0;
  std::uint64_t steps_ = 0;
};

conversation_filter listed(std::optional<std::string> user, std::optional<std::string> agent) {
  return {"acme", std::move(user), std::move(agent), 10, "t1000100"};
}

idle_filter idle(std::optional<std::string> agent) {
  idle_filter result;
  result.agent = std::move(agent);
  result.except = {"coach"};
  result.before = at(100'000'000);
  result.limit = 10;
  return result;
}

} // namespace

TEST_CASE_METHOD(costs_fixture, "no query costs more when there are more conversations") {
  put(opened(talk_of("acme", "first"), "mia"));
  auto busy = next(talk_of("acme", "first"), 1, {"user_message"});
  busy.conversation = conversation_row{"mia", "coach", "v", "s", 1, false, true, 1, at(0), at(0)};
  put(busy);
  constexpr std::int64_t acme = 1;
  const std::vector<std::pair<const char*, std::function<void(sqlite::conversations&)>>> queries{
      {"find", [](auto& all) { CHECK(all.find(acme, "first")); }},
      {"current", [](auto& all) { CHECK(all.current(acme, "mia", "coach")->id == "first"); }},
      {"in_slot", [](auto& all) { CHECK(all.in_slot(acme, "mia", "coach", "thread:1000001")); }},
      {"of a tenant", [](auto& all) { CHECK(all.list(listed({}, {}), acme).size() == 10); }},
      {"of a user", [](auto& all) { CHECK(all.list(listed("mia", {}), acme).size() == 10); }},
      {"of an agent", [](auto& all) { CHECK(all.list(listed({}, "coach"), acme).size() == 10); }},
      {"busy", [](auto& all) { CHECK(all.busy(acme, 10, "").size() == 1); }},
      {"idle of an agent", [](auto& all) { CHECK(all.idle(idle("agent 3")).size() == 10); }},
      {"idle of any other", [](auto& all) { CHECK(all.idle(idle({})).size() == 10); }},
  };
  open_many(200);
  std::vector<std::uint64_t> few;
  for (const auto& [name, query] : queries)
    few.push_back(steps_of(query));
  open_many(2'000);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    INFO(queries[i].first);
    CHECK(few[i] < 700);
    CHECK(steps_of(queries[i].second) <= few[i]);
  }
}

} // namespace troupe::storage::testing
