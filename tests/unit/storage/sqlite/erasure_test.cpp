#include "sqlite/database.hpp"

#include <catch2/catch_test_macros.hpp>

#include <fstream>
#include <iterator>

namespace troupe::storage::testing {

namespace {

class erasure_fixture : public storage_fixture {
public:
  const sqlite_database& file_database() const {
    return dynamic_cast<const sqlite_database&>(*database);
  }

  append talk(const std::string& id, const std::string& user, int messages) {
    auto value = opened(talk_of("acme", id), user, id);
    put(value);
    for (int i = 0; i < messages; ++i) {
      auto said = next(value.entity, reader->load(value.entity).size(), {"user_message", "reply_completed"});
      said.events[0].payload = R"({"text":"xqzeppelin )" + std::string(static_cast<std::size_t>(i) * 90, 'x') + "\"}";
      said.conversation = value.conversation;
      said.conversation->step = std::string(static_cast<std::size_t>(i) % 40, 's');
      put(said);
    }
    return value;
  }

  void erase(const std::string& id) {
    const auto entity = talk_of("acme", id);
    auto end = next(entity, reader->load(entity).size(), {"deleted"});
    end.erase = true;
    REQUIRE(put(end).outcome == append_outcome::stored);
  }

  void clear() {
    while (writer->clear_removed() > 0) {
    }
  }

  /// What the two files hold, as whoever gets hold of them sees it.
  std::string files() const {
    std::string all;
    for (const auto* ending : {"", "-wal"}) {
      std::ifstream file{file_database().file().string() + ending, std::ios::binary};
      all.append(std::istreambuf_iterator<char>{file}, {});
    }
    return all;
  }
  /// Whether the files hold the start of the value; a long one lies on more than one page.
  bool on_the_disk(const std::string& value) const {
    REQUIRE(value.size() > 24);
    return files().find(value.substr(0, 24)) != std::string::npos;
  }

  std::string event_of(const std::string& talk) const {
    return file_database().ask("SELECT payload FROM events JOIN conversations c USING (entity) WHERE c.id = '" + talk
                               + "' ORDER BY seq DESC LIMIT 1");
  }
  std::string key_of(const std::string& talk) const {
    return file_database().ask("SELECT data_key FROM conversations WHERE id = '" + talk + "'");
  }
  std::string key_of_user(const std::string& user) const {
    return file_database().ask("SELECT data_key FROM user_keys WHERE id = '" + user + "'");
  }
};

} // namespace

TEST_CASE_METHOD(erasure_fixture, "what is said can't be read in the files") {
  talk("1", "mia", 5);
  CHECK(files().find("xqzeppelin") == std::string::npos);
  CHECK(reader->load(talk_of("acme", "1")).size() == 11);
}

TEST_CASE_METHOD(erasure_fixture, "nothing of an erased conversation is left in the files, its key least of all") {
  talk("1", "mia", 5);
  talk("2", "mia", 5);
  const auto event = event_of("1");
  const auto key = key_of("1");
  const auto other = key_of("2");
  CHECK(on_the_disk(event));

  erase("1");
  clear();

  CHECK_FALSE(on_the_disk(event));
  CHECK_FALSE(on_the_disk(key));
  CHECK(on_the_disk(other));
  CHECK(reader->load(talk_of("acme", "2")).size() == 11);
  CHECK(file_database().ask("SELECT count(*) FROM events WHERE entity NOT IN (SELECT entity FROM conversations)")
        == "0");
}

TEST_CASE_METHOD(erasure_fixture, "with a user's last conversation goes the user's key") {
  talk("1", "mia", 2);
  talk("2", "mia", 2);
  const auto key = key_of_user("mia");
  erase("1");
  clear();
  CHECK(on_the_disk(key));
  erase("2");
  clear();
  CHECK_FALSE(on_the_disk(key));
  CHECK(file_database().ask("SELECT count(*) FROM user_keys") == "0");
}

TEST_CASE_METHOD(erasure_fixture, "nothing of a removed user is left in the files") {
  talk("1", "mia", 5);
  talk("2", "mia", 5);
  talk("3", "noa", 5);
  const std::vector<std::string> secrets{event_of("1"), event_of("2"), key_of("1"), key_of("2"), key_of_user("mia")};
  const auto kept = key_of_user("noa");

  CHECK(writer->remove_user("acme", "mia"));
  clear();

  for (const auto& secret : secrets)
    CHECK_FALSE(on_the_disk(secret));
  CHECK(on_the_disk(kept));
  CHECK(file_database().ask("SELECT count(*) FROM conversations") == "1");
  CHECK(file_database().ask("SELECT count(*) FROM meta WHERE name LIKE 'removed%'") == "0");
}

TEST_CASE_METHOD(erasure_fixture, "nothing of a removed tenant's users is left in the files") {
  talk("1", "mia", 5);
  const std::vector<std::string> secrets{event_of("1"), key_of("1"), key_of_user("mia")};
  writer->put_refresh_token({{}, "login", "acme", "mia", "user", at(0)});
  REQUIRE(writer->remove_tenant("acme"));
  clear();
  for (const auto& secret : secrets)
    CHECK_FALSE(on_the_disk(secret));
  for (const auto* table : {"conversations", "user_keys", "refresh_tokens", "events"})
    CHECK(file_database().ask(std::string{"SELECT count(*) FROM "} + table) == "0");
}

TEST_CASE_METHOD(erasure_fixture, "of many conversations between others no key is left") {
  std::vector<std::string> secrets;
  for (int i = 0; i < 200; ++i)
    talk(std::to_string(i), "user " + std::to_string(i % 150), i % 4);
  for (int i = 0; i < 200; i += 3)
    secrets.push_back(key_of(std::to_string(i)));
  for (int i = 0; i < 200; i += 3)
    erase(std::to_string(i));
  clear();
  for (const auto& secret : secrets)
    CHECK_FALSE(on_the_disk(secret));
  for (std::size_t i = 0; i < 200; ++i)
    CHECK(reader->load(talk_of("acme", std::to_string(i))).size() == (i % 3 == 0 ? 0 : 1 + 2 * (i % 4)));
}

TEST_CASE_METHOD(erasure_fixture, "the log of writes is emptied later when somebody is reading") {
  talk("1", "mia", 3);
  const auto key = key_of("1");
  {
    stranger in_the_way{file_database().file()};
    in_the_way.run("BEGIN; SELECT * FROM conversations");
    erase("1");
    clear();
    CHECK(on_the_disk(key));
    in_the_way.run("COMMIT");
  }
  restart();
  clear();
  CHECK_FALSE(on_the_disk(key));
}

TEST_CASE_METHOD(erasure_fixture, "a log without anything erased isn't touched") {
  talk("1", "mia", 3);
  const auto before = files();
  CHECK(writer->clear_removed() == 0);
  CHECK(files() == before);
}

TEST_CASE_METHOD(erasure_fixture,
                 "a conversation whose rows were tampered with is told apart from one that isn't there") {
  const auto entity = talk_of("acme", "1");
  talk("1", "mia", 2);
  talk("2", "noa", 2);
  const auto fault_of_load = [&] { return fault_of_call([&] { reader->load(entity); }); };
  const auto& file = file_database();

  SECTION("an event's payload is another one's") {
    file.run("UPDATE events SET payload = (SELECT payload FROM events e WHERE e.entity <> events.entity LIMIT 1)");
    CHECK(fault_of_load() == fault::corrupt);
  }
  SECTION("an event is gone") {
    file.run("DELETE FROM events WHERE number = 2");
    CHECK(fault_of_load() == fault::corrupt);
  }
  SECTION("the key is another conversation's") {
    file.run("UPDATE conversations SET data_key = (SELECT data_key FROM conversations WHERE id = '2')");
    CHECK(fault_of_load() == fault::corrupt);
  }
  SECTION("it was given to another user") {
    file.run("UPDATE conversations SET user = (SELECT user FROM user_keys WHERE id = 'noa'), slot = 'stolen' "
             "WHERE id = '1'");
    CHECK(fault_of_load() == fault::corrupt);
  }
  SECTION("the user's key is another user's") {
    file.run("UPDATE user_keys SET data_key = (SELECT data_key FROM user_keys WHERE id = 'noa')");
    CHECK(fault_of_load() == fault::corrupt);
    CHECK(fault_of_call([&] { put(opened(talk_of("acme", "3"), "mia", "third")); }) == fault::corrupt);
    // Who is removed needn't be readable.
    CHECK(writer->remove_user("acme", "mia"));
    CHECK(reader->load(entity).empty());
  }
  SECTION("the user's key is gone") {
    file.run("DELETE FROM user_keys WHERE id = 'mia'");
    CHECK(reader->load(entity).empty());
    CHECK_FALSE(reader->find_conversation("acme", "1"));
  }
  restart();
  CHECK(reader->find_conversation("acme", "2"));
}

TEST_CASE_METHOD(erasure_fixture, "a conversation whose journal is broken can be erased") {
  talk("1", "mia", 2);
  restart();
  file_database().run("DELETE FROM events WHERE number = 3");
  auto end = next(talk_of("acme", "1"), 5, {"deleted"});
  end.erase = true;
  CHECK(put(end).outcome == append_outcome::stored);
  CHECK_FALSE(reader->find_conversation("acme", "1"));
}

} // namespace troupe::storage::testing
