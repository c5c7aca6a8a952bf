#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

class user_removal_fixture : public storage_fixture {
public:
  append talk(const std::string& id, const std::string& user, const std::string& slot = "") {
    const auto value = opened(talk_of("acme", id), user, slot);
    put(value);
    put(next(value.entity, 1, {"user_message", "reply_started"}));
    return value;
  }

  std::size_t size_of(const std::string& id) {
    return reader->load(talk_of("acme", id)).size();
  }
};

} // namespace

TEST_CASE_METHOD(user_removal_fixture, "a removed user's conversations are gone at once, nobody else's") {
  talk("1", "mia");
  talk("2", "mia", "second");
  talk("3", "noa");
  put(opened(talk_of("globex", "4"), "mia"));
  CHECK(writer->remove_user("acme", "mia"));

  for (const auto* id : {"1", "2"}) {
    CHECK(size_of(id) == 0);
    CHECK_FALSE(reader->find_conversation("acme", id));
    CHECK(put(next(talk_of("acme", id), 3, {"reply_completed"})).outcome == append_outcome::conflict);
  }
  CHECK_FALSE(reader->current_conversation("acme", "mia", "coach"));
  CHECK_FALSE(reader->conversation_in_slot("acme", "mia", "coach", "second"));
  CHECK(size_of("3") == 3);
  CHECK(reader->load(talk_of("globex", "4")).size() == 1);
  CHECK_FALSE(writer->remove_user("acme", "mia"));
  CHECK_FALSE(writer->remove_user("acme", "nobody"));
}

TEST_CASE_METHOD(user_removal_fixture, "a removed user may come back, with nothing of before") {
  talk("1", "mia");
  writer->remove_user("acme", "mia");
  CHECK(put(opened(talk_of("acme", "2"), "mia")).outcome == append_outcome::stored);
  CHECK(put(next(talk_of("acme", "2"), 1, {"user_message"})).outcome == append_outcome::stored);
  while (writer->clear_removed() > 0) {
  }
  restart();
  CHECK(size_of("1") == 0);
  CHECK(size_of("2") == 2);
  CHECK(reader->current_conversation("acme", "mia", "coach")->id == "2");
  CHECK(reader->list_conversations({"acme", {}, {}, 50, {}}).size() == 1);
}

TEST_CASE_METHOD(user_removal_fixture, "a removed user's rows go a bounded number at a time, whoever goes on") {
  std::vector<append> batch;
  for (int i = 0; i < 1'200; ++i)
    batch.push_back(opened(talk_of("acme", std::to_string(i)), "mia", std::to_string(i)));
  writer->append_batch(batch);
  REQUIRE(writer->remove_user("acme", "mia"));
  std::size_t all = writer->clear_removed();
  restart();
  while (const auto removed = writer->clear_removed()) {
    CHECK(removed <= 1'000);
    all += removed;
  }
  CHECK(all == 2'400);
}

TEST_CASE_METHOD(user_removal_fixture, "another process's owner of a removed user's conversation is fenced off") {
  talk("1", "mia");
  talk("2", "noa");
  const auto other = backend->open_writer();
  const auto next_of = [](const char* id, std::uint64_t expected) {
    return next(talk_of("acme", id), expected, {"reply_completed"});
  };
  const auto known = next_of("1", 3);
  REQUIRE(other->append_batch({&known, 1}).at(0).outcome == append_outcome::stored);

  SECTION("before the rows are gone") {
    writer->remove_user("acme", "mia");
  }
  SECTION("after they are gone and others have come") {
    writer->remove_user("acme", "mia");
    while (writer->clear_removed() > 0) {
    }
    talk("3", "eve");
    put(next_of("3", 3));
  }
  SECTION("after it was erased") {
    auto end = next(talk_of("acme", "1"), 4, {"deleted"});
    end.erase = true;
    REQUIRE(put(end).outcome == append_outcome::stored);
    talk("3", "eve");
    put(next_of("3", 3));
  }

  const auto late = next_of("1", 4);
  CHECK(other->append_batch({&late, 1}).at(0).outcome == append_outcome::conflict);
  const auto of_noa = next_of("2", 3);
  CHECK(other->append_batch({&of_noa, 1}).at(0).outcome == append_outcome::stored);
  const auto again = opened(talk_of("acme", "new"), "mia");
  CHECK(other->append_batch({&again, 1}).at(0).outcome == append_outcome::stored);
  restart();
  CHECK(size_of("1") == 0);
  CHECK(size_of("2") == 4);
  CHECK(size_of("new") == 1);
}

TEST_CASE_METHOD(user_removal_fixture, "a removed tenant takes its users and conversations with it") {
  talk("1", "mia");
  put(opened(talk_of("globex", "4"), "mia"));
  writer->remove_user("acme", "noa");
  talk("2", "noa");
  writer->remove_user("acme", "noa");
  REQUIRE(writer->remove_tenant("acme"));
  CHECK_FALSE(reader->find_conversation("acme", "1"));
  CHECK(put(next(talk_of("acme", "1"), 3, {"reply_completed"})).outcome == append_outcome::conflict);
  CHECK(put(opened(talk_of("acme", "3"), "mia")).outcome == append_outcome::conflict);
  while (writer->clear_removed() > 0) {
  }

  writer->add_tenant(make_tenant("acme"));
  restart();
  CHECK(size_of("1") == 0);
  CHECK(put(opened(talk_of("acme", "1"), "mia")).outcome == append_outcome::stored);
  CHECK(size_of("1") == 1);
  CHECK(reader->load(talk_of("globex", "4")).size() == 1);
}

} // namespace troupe::storage::testing
