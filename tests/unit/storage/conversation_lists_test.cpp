#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

namespace troupe::storage::testing {

namespace {

constexpr std::int64_t minute = 60'000;

class lists_fixture : public storage_fixture {
public:
  void open_one(const std::string& id, const std::string& user, const std::string& agent,
                const std::string& tenant = "acme") {
    auto value = opened(talk_of(tenant, id), user, "slot of " + id);
    value.conversation->agent = agent;
    REQUIRE(put(value).outcome == append_outcome::stored);
  }

  /// What happens in it next.
  void touch(const std::string& id, std::int64_t when, bool busy, const std::string& tenant = "acme") {
    const auto talk = talk_of(tenant, id);
    auto value = next(talk, reader->load(talk).size(), {"user_message"});
    value.conversation = reader->find_conversation(tenant, id)->row;
    value.conversation->last_at = at(when);
    value.conversation->busy = busy;
    REQUIRE(put(value).outcome == append_outcome::stored);
  }

  ids listed(std::optional<std::string> user = {}, std::optional<std::string> agent = {},
             std::optional<std::string> before = {}, std::size_t limit = 50) {
    return ids_of(reader->list_conversations({"acme", std::move(user), std::move(agent), limit, std::move(before)}));
  }

  /// All pages of `limit`.
  ids idle(idle_filter filter, std::size_t limit = 2) {
    filter.limit = limit;
    ids result;
    for (;;) {
      const auto page = reader->idle_conversations(filter);
      if (page.empty())
        return result;
      CHECK(page.size() <= limit);
      for (const auto& talk : page)
        result.push_back(talk.id);
      filter.after = page.back();
    }
  }

  ids busy(const std::string& tenant, std::size_t limit = 50, const std::string& after = "") {
    return ids_of(reader->busy_conversations(tenant, limit, after));
  }
};

} // namespace

TEST_CASE_METHOD(lists_fixture, "conversations are listed newest first by tenant, user and agent, page by page") {
  open_one("1", "mia", "coach");
  open_one("2", "noa", "coach");
  open_one("3", "mia", "desk");
  open_one("4", "mia", "coach");
  open_one("5", "mia", "coach", "globex");

  CHECK(listed() == ids{"4", "3", "2", "1"});
  CHECK(listed("mia") == ids{"4", "3", "1"});
  CHECK(listed({}, "coach") == ids{"4", "2", "1"});
  CHECK(listed("mia", "coach") == ids{"4", "1"});
  CHECK(listed("noa", "desk").empty());
  CHECK(listed("eve").empty());

  CHECK(listed({}, {}, {}, 3) == ids{"4", "3", "2"});
  CHECK(listed({}, {}, "2") == ids{"1"});
  CHECK(listed("mia", {}, "4") == ids{"3", "1"});
  CHECK(listed({}, "coach", "4", 1) == ids{"2"});
  CHECK(listed("mia", "coach", "1").empty());
  CHECK(listed({}, {}, {}, 0).empty());
}

TEST_CASE_METHOD(lists_fixture, "a listing goes on behind a conversation that was erased meanwhile") {
  for (const auto* id : {"1", "2", "3"})
    open_one(id, "mia", "coach");
  REQUIRE(listed({}, {}, {}, 2) == ids{"3", "2"});
  auto end = next(talk_of("acme", "2"), 1, {"expired"});
  end.erase = true;
  put(end);
  CHECK(listed({}, {}, "2") == ids{"1"});
}

TEST_CASE_METHOD(lists_fixture, "a listing is told all of a conversation but what was said") {
  open_one("1", "mia", "coach");
  const auto listed_one = reader->list_conversations({"acme", {}, {}, 1, {}}).at(0);
  CHECK(listed_one == reader->find_conversation("acme", "1"));
  CHECK(listed_one.slot == "slot of 1");
}

TEST_CASE_METHOD(lists_fixture, "busy conversations are those with a message that isn't dealt with") {
  for (const auto* id : {"1", "2", "3"})
    open_one(id, "mia", "coach");
  open_one("4", "mia", "coach", "globex");
  CHECK(busy("acme").empty());
  touch("1", 5, true);
  touch("3", 6, true);
  touch("4", 6, true, "globex");

  CHECK(busy("acme") == ids{"1", "3"});
  CHECK(busy("acme", 1) == ids{"1"});
  CHECK(busy("acme", 1, "1") == ids{"3"});
  CHECK(busy("acme", 1, "3").empty());
  CHECK(busy("nobody").empty());

  touch("1", 7, true);
  touch("3", 8, false);
  CHECK(busy("acme") == ids{"1"});
  restart();
  CHECK(busy("acme") == ids{"1"});
}

TEST_CASE_METHOD(lists_fixture, "idle conversations are found agent by agent, of all tenants") {
  open_one("1", "mia", "coach");
  open_one("2", "mia", "coach");
  open_one("3", "noa", "coach", "globex");
  open_one("4", "mia", "coach");
  open_one("5", "mia", "desk");
  open_one("6", "mia", "chat");
  touch("1", 200 * minute, false);
  touch("2", 100 * minute, false);
  touch("3", 150 * minute, false, "globex");
  touch("4", 300 * minute, false);

  idle_filter of_coach;
  of_coach.agent = "coach";
  of_coach.before = at(201 * minute);
  CHECK(idle(of_coach) == ids{"2", "3", "1"});
  CHECK(idle(of_coach, 1) == ids{"2", "3", "1"});
  of_coach.before = at(200 * minute);
  CHECK(idle(of_coach) == ids{"2", "3"});
  of_coach.before = at(100 * minute);
  CHECK(idle(of_coach).empty());

  idle_filter of_others;
  of_others.except = {"coach"};
  of_others.before = at(1 * minute);
  CHECK(idle(of_others, 1) == ids{"6", "5"});
  of_others.except = {"coach", "chat", "unknown"};
  CHECK(idle(of_others) == ids{"5"});
  of_others.except = {};
  of_others.before = at(101 * minute);
  CHECK(idle(of_others, 1) == ids{"6", "2", "5"});

  const auto found = reader->idle_conversations(of_others).at(0);
  CHECK(found.tenant == "acme");
  CHECK(found.row.agent == "chat");
}

TEST_CASE_METHOD(lists_fixture, "a conversation that was touched again isn't idle, however little time has gone by") {
  open_one("1", "mia", "coach");
  idle_filter filter;
  filter.agent = "coach";
  for (std::int64_t when = 1; when < 50 * minute; when += 7 * minute) {
    touch("1", when, false);
    filter.before = at(when);
    CHECK(idle(filter).empty());
    filter.before = at(when + 1);
    CHECK(idle(filter) == ids{"1"});
  }
}

TEST_CASE_METHOD(lists_fixture, "what is erased and who is removed is in no list") {
  open_one("1", "mia", "coach");
  open_one("2", "noa", "coach");
  open_one("3", "eve", "coach", "globex");
  touch("1", 1, true);
  touch("2", 1, true);
  touch("3", 1, true, "globex");
  idle_filter filter;
  filter.before = at(10);
  REQUIRE(idle(filter) == ids{"1", "2", "3"});

  auto end = next(talk_of("acme", "1"), 2, {"expired"});
  end.erase = true;
  put(end);
  CHECK(idle(filter) == ids{"2", "3"});
  writer->remove_user("acme", "noa");
  CHECK(idle(filter) == ids{"3"});
  CHECK(listed().empty());
  CHECK(listed("noa").empty());
  CHECK(busy("acme").empty());
  writer->remove_tenant("globex");
  CHECK(idle(filter).empty());
  CHECK(busy("globex").empty());
}

TEST_CASE_METHOD(lists_fixture, "names with whatever is in them lead to their own conversations only") {
  const auto& texts = hostile_texts();
  for (std::size_t i = 0; i < texts.size(); ++i)
    open_one("t" + std::to_string(i), texts[i], texts[texts.size() - 1 - i]);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto id = "t" + std::to_string(i);
    const auto& agent = texts[texts.size() - 1 - i];
    CHECK(listed(texts[i]) == ids{id});
    CHECK(listed({}, agent) == ids{id});
    CHECK(reader->current_conversation("acme", texts[i], agent)->id == id);
    CHECK(reader->find_conversation("acme", id)->row.user == texts[i]);
  }
}

} // namespace troupe::storage::testing
