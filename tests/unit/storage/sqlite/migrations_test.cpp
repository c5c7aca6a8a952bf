#include "sqlite/database.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

namespace troupe::storage::testing {

namespace {

class migrations_fixture : public storage_fixture {
public:
  const sqlite_database& file_database() const {
    return dynamic_cast<const sqlite_database&>(*database);
  }
  void close() {
    reader.reset();
    writer.reset();
    backend.reset();
  }
};

text_query word(const std::string& text) {
  text_query result;
  result.terms = {{text, 1}};
  return result;
}

} // namespace

TEST_CASE("a database that doesn't exist is of version 0, and stays so when looked at") {
  sqlite_database database;
  const auto state = migration_state(database.options());
  CHECK(state.current == 0);
  CHECK(state.latest >= 2);
  CHECK_FALSE(std::filesystem::exists(database.file()));
}

TEST_CASE("an empty database is migrated by the first that opens it") {
  sqlite_database database;
  open(database.options());
  const auto state = migration_state(database.options());
  CHECK(state.current == state.latest);
}

TEST_CASE("a migrated database without a key gets its key from the first that opens it") {
  sqlite_database database;
  const auto latest = migration_state(database.options()).latest;
  CHECK(migrate(database.options(), latest).current == latest);
  open(database.options());
  auto other = database.options();
  other.master_key = second_master_key;
  CHECK(fault_of_call([&] { open(other); }) == fault::wrong_key);
}

TEST_CASE_METHOD(migrations_fixture, "data is kept all the way down and up again") {
  put(accepted(job_of("acme", "job"), "payload"));
  const std::vector tickets{past_ticket{"T-1", "printer", "tray", "fixed", "2025-01-01T00:00:00Z"}};
  writer->put_tickets("acme", tickets);
  const std::vector pages{article{"K-1", "printer", "s", "b", "u"}};
  writer->put_articles("acme", pages);
  const std::vector assets{asset{{"10.0.0.1"}, "h", "r", "c", "l"}};
  writer->put_assets("acme", assets);
  close();
  const auto latest = migration_state(database->options()).latest;

  for (int version = latest - 1; version >= 1; --version)
    CHECK(migrate(database->options(), version).current == version);
  CHECK(migration_state(database->options()).current == 1);
  CHECK(migrate(database->options(), latest).current == latest);

  restart();
  CHECK(reader->load(job_of("acme", "job")).at(0).payload == "payload");
  CHECK(reader->find_tenant("acme")->desk_key.reveal() == "desk key of acme");
  REQUIRE(reader->search_tickets("acme", word("tray")).size() == 1);
  CHECK(reader->search_tickets("acme", word("tray"))[0].ticket.resolution == "fixed");
  CHECK(reader->search_articles("acme", word("printer")).size() == 1);
  CHECK(reader->search_tickets("globex", word("tray")).empty());
  const std::vector<std::string> address{"10.0.0.1"};
  CHECK(reader->find_assets("acme", address).size() == 1);
  // The index that was made anew can be changed like the old one.
  const std::vector changed{past_ticket{"T-1", "monitor", "", "", ""}};
  writer->put_tickets("acme", changed);
  CHECK(reader->search_tickets("acme", word("tray")).empty());
  CHECK(reader->search_tickets("acme", word("monitor")).size() == 1);
}

TEST_CASE_METHOD(migrations_fixture, "conversations and logins are kept while an older program has the database") {
  const auto talk = talk_of("acme", "talk");
  put(opened(talk, "mia"));
  auto said = next(talk, 1, {"user_message"});
  said.events[0].payload = "hello";
  put(said);
  put(opened(talk_of("globex", "theirs"), "noa"));
  refresh_token token{{}, "login", "acme", "mia", "user", at(1'000)};
  writer->put_refresh_token(token);
  close();
  const auto latest = migration_state(database->options()).latest;
  REQUIRE(migrate(database->options(), 2).current == 2);
  // The older program goes on where it sees the last number, and knows only its own tables.
  const auto& file = file_database();
  const auto free = std::stoi(file.ask("SELECT max((SELECT count(*) FROM journals), (SELECT value FROM meta "
                                       "WHERE name = 'entities_given')) + 1"));
  file.run("INSERT INTO journals (entity, tenant, kind, id, number, last_event, data_key) VALUES ("
           + std::to_string(free) + ", 1, 1, 'job', 1, 1, x'')");
  file.run("DELETE FROM tenant_configs WHERE id = 'globex'");
  REQUIRE(migrate(database->options(), latest).current == latest);
  restart();

  CHECK(reader->load(talk).at(1).payload == "hello");
  CHECK(put(next(talk, 2, {"reply_started"})).number == 3);
  CHECK(reader->current_conversation("acme", "mia", "coach")->id == "talk");
  CHECK(put(opened(talk_of("acme", "second"), "mia")).existing == "talk");
  CHECK(writer->rotate_refresh_token(token.hash, {1}, at(2'000), at(0), std::chrono::seconds{1}).outcome
        == token_outcome::rotated);
  CHECK(file.ask("SELECT count(*) FROM journals JOIN conversations USING (entity)") == "0");
  while (writer->clear_removed() > 0) {
  }
  CHECK(file.ask("SELECT count(*) FROM conversations") == "1");
  CHECK(file.ask("SELECT count(*) FROM user_keys") == "1");
}

TEST_CASE_METHOD(migrations_fixture, "the ledger is kept while an older program has the database") {
  auto own = make_tenant("acme");
  own.budgets = R"({"user.money":"2"})";
  change(own);
  for (const auto* tenant : {"acme", "globex"}) {
    append paid;
    paid.ledger = std::make_shared<const ledger_entry>(
        ledger_entry{0, {at(0), tenant, "mia", {}, {}, {}, "coach", "p", "m", {1, 1, 0, 700}, {}, {}}, {}});
    REQUIRE(put(paid).outcome == append_outcome::stored);
  }
  reader.reset();
  writer.reset();
  backend.reset();
  const auto latest = migration_state(database->options()).latest;
  REQUIRE(migrate(database->options(), 3).current == 3);
  dynamic_cast<const sqlite_database&>(*database).run("DELETE FROM tenant_configs WHERE id = 'globex'");
  REQUIRE(migrate(database->options(), latest).current == latest);
  restart();
  while (writer->clear_removed() > 0) {
  }
  const auto rows = reader->spending_by({});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].key == "acme");
  CHECK(rows[0].amounts.cost == 700);
  CHECK(reader->find_tenant("acme")->budgets == own.budgets);
}

TEST_CASE_METHOD(migrations_fixture, "an older database is refused with the command to run") {
  close();
  migrate(database->options(), 1);
  try {
    open(database->options());
    FAIL("it was opened");
  } catch (const error& problem) {
    CHECK(problem.kind() == fault::older_schema);
    CHECK(std::string{problem.what()}.find("troupe migrate up") != std::string::npos);
  }
  CHECK(migration_state(database->options()).current == 1);
}

TEST_CASE_METHOD(migrations_fixture, "a newer database is refused and left as it is") {
  close();
  file_database().run("PRAGMA user_version = 99");
  try {
    open(database->options());
    FAIL("it was opened");
  } catch (const error& problem) {
    CHECK(problem.kind() == fault::newer_schema);
    CHECK(std::string{problem.what()}.find("version 99") != std::string::npos);
  }
  CHECK(fault_of_call([&] { migrate(database->options(), 1); }) == fault::newer_schema);
  CHECK(migration_state(database->options()).current == 99);
}

TEST_CASE_METHOD(migrations_fixture, "versions that there aren't, and those that would lose data, are refused") {
  close();
  const auto latest = migration_state(database->options()).latest;
  for (const int version : {-1, 0, latest + 1})
    CHECK(fault_of_call([&] { migrate(database->options(), version); }) == fault::refused);
  CHECK(migration_state(database->options()).current == latest);
}

TEST_CASE_METHOD(migrations_fixture, "a migration that fails changes nothing") {
  close();
  migrate(database->options(), 1);
  file_database().run("CREATE TABLE article_text (in_the_way)");
  CHECK(fault_of_call([&] { migrate(database->options(), 2); }).has_value());
  CHECK(migration_state(database->options()).current == 1);
  CHECK(file_database().ask("SELECT count(*) FROM sqlite_schema WHERE name = 'ticket_text'") == "0");
  file_database().run("DROP TABLE article_text");
  CHECK(migrate(database->options(), 2).current == 2);
}

TEST_CASE("several processes may open a new database at the same moment") {
  sqlite_database database;
  auto options = database.options();
  options.master_key.reset();
  options.busy_timeout = std::chrono::seconds{60};
  std::fflush(nullptr);
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      try {
        open(options)->open_writer()->add_tenant(make_tenant("tenant-" + std::to_string(i)));
        ::_exit(0);
      } catch (const std::exception& problem) {
        std::fprintf(stderr, "%s\n", problem.what());
        ::_exit(1);
      }
    }
    children.push_back(child);
  }
  for (const auto child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(open(options)->open_reader()->list_tenants().size() == 4);
}

} // namespace troupe::storage::testing
