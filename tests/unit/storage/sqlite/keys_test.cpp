#include "sqlite/database.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sys/stat.h>

#include <fstream>
#include <iterator>

namespace troupe::storage::testing {

namespace {

const auto job = job_of("acme", "job");

class keys_fixture : public storage_fixture {
public:
  const sqlite_database& file_database() const {
    return dynamic_cast<const sqlite_database&>(*database);
  }
  open_options with(const config::secret& master, const std::optional<config::secret>& previous = {}) const {
    auto options = database->options();
    options.master_key = master;
    options.previous_master_key = previous;
    return options;
  }
};

} // namespace

TEST_CASE_METHOD(keys_fixture, "another master key opens nothing") {
  CHECK(fault_of_call([&] { open(with(second_master_key)); }) == fault::wrong_key);
  CHECK(fault_of_call([&] { open(with(config::secret{"short"})); }) == fault::wrong_key);
  CHECK_FALSE(fault_of_call([&] { open(with(first_master_key)); }));
}

TEST_CASE_METHOD(keys_fixture, "a master key is replaced by a new one without losing anything") {
  put(accepted(job, "before"));
  {
    const auto rotated = open(with(second_master_key, first_master_key));
    const auto early_reader = rotated->open_reader();
    CHECK(early_reader->load(job).at(0).payload == "before");
    const auto rotating = rotated->open_writer();
    const auto value = next(job, 1, {"claimed"});
    CHECK(rotating->append_batch({&value, 1}).at(0).outcome == append_outcome::stored);
    CHECK(early_reader->load(job).size() == 2);
  }
  CHECK(fault_of_call([&] { open(with(first_master_key)); }) == fault::wrong_key);

  const auto after = open(with(second_master_key));
  const auto late_reader = after->open_reader();
  CHECK(late_reader->load(job).size() == 2);
  CHECK(late_reader->find_tenant("acme")->desk_key.reveal() == "desk key of acme");
  CHECK(late_reader->find_tenant("globex")->signing_secrets.at(0).reveal() == "secret of globex");
  // Both keys may stay in the configuration for as long as one likes.
  CHECK_FALSE(fault_of_call([&] { open(with(second_master_key, first_master_key))->open_writer(); }));
}

TEST_CASE_METHOD(keys_fixture, "only opening a writer changes what is stored") {
  { const auto looked_at = open(with(second_master_key, first_master_key))->open_reader(); }
  CHECK_FALSE(fault_of_call([&] { open(with(first_master_key)); }));
}

TEST_CASE_METHOD(keys_fixture, "no text or secret of a journal or tenant can be read in the file") {
  put(accepted(job, "very private text"));
  reader.reset();
  writer.reset();
  backend.reset();
  CHECK(file_database().ask("SELECT count(*) FROM events WHERE instr(payload, 'private') > 0") == "0");
  CHECK(file_database().ask("SELECT count(*) FROM tenant_configs WHERE instr(desk_key, 'desk key') > 0 "
                            "OR instr(signing_secret, 'secret') > 0")
        == "0");
}

TEST_CASE_METHOD(keys_fixture, "nothing of a removed tenant can be read in the files") {
  std::vector<past_ticket> tickets;
  for (int i = 0; i < 3'000; ++i)
    tickets.push_back({"T-" + std::to_string(i), "xqzeppelin", "It leaks " + std::to_string(i), "xqpatched", ""});
  for (std::size_t first = 0; first < tickets.size(); first += 500)
    writer->put_tickets("acme", std::span{tickets}.subspan(first, 500));
  for (auto& each : tickets)
    each.subject = "xqairship";
  writer->put_tickets("acme", std::span{tickets}.first(500));
  writer->put_local_note("acme", {"N-1", "ticket", "xqnote", "<p>xqnote", at(0)}, "marker");
  put(accepted(job));
  REQUIRE(writer->remove_tenant("acme"));
  while (writer->clear_removed() > 0) {
  }

  for (const auto* ending : {"", "-wal"}) {
    std::ifstream file{file_database().file().string() + ending, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    for (const auto* word : {"xqz", "xqp", "xqa", "xqn", "ticket of job"})
      CHECK(bytes.find(word) == std::string::npos);
  }
}

TEST_CASE_METHOD(keys_fixture, "an event that was changed doesn't open") {
  put(accepted(job));
  file_database().run("UPDATE events SET payload = substr(payload, 1, length(payload) - 1) || x'00'");
  CHECK(fault_of_call([&] { reader->load(job); }) == fault::corrupt);
}

TEST_CASE_METHOD(keys_fixture, "events that changed places don't open") {
  put(accepted(job, "first"));
  auto second = next(job, 1, {"claimed"});
  second.events[0].payload = "second";
  put(second);
  file_database().run(
      "UPDATE events SET payload = (SELECT payload FROM events other WHERE other.seq = 3 - events.seq)");
  CHECK(fault_of_call([&] { reader->load(job); }) == fault::corrupt);
}

TEST_CASE_METHOD(keys_fixture, "an event doesn't open in another journal, even with that journal's key") {
  const auto other = job_of("globex", "other");
  put(accepted(job, "of acme"));
  put(accepted(other, "of globex"));
  file_database().run("UPDATE events SET payload = (SELECT payload FROM events e WHERE e.entity = 1) WHERE entity = 2");
  CHECK(fault_of_call([&] { reader->load(other); }) == fault::corrupt);
  file_database().run("UPDATE journals SET data_key = (SELECT data_key FROM journals j WHERE j.entity = 1) "
                      "WHERE entity = 2");
  CHECK(fault_of_call([&] { reader->load(other); }) == fault::corrupt);
  restart();
  CHECK(fault_of_call([&] { put(next(other, 1, {"claimed"})); }) == fault::corrupt);
  CHECK(reader->load(job).at(0).payload == "of acme");
}

TEST_CASE_METHOD(keys_fixture, "an event that is gone or belongs elsewhere is missed") {
  put(accepted(job));
  put(next(job, 1, {"claimed"}));
  file_database().run("UPDATE events SET previous = 2 WHERE seq = 2");
  CHECK(fault_of_call([&] { reader->load(job); }) == fault::corrupt);
  file_database().run("DELETE FROM events WHERE seq = 1; UPDATE events SET previous = 1 WHERE seq = 2");
  CHECK(fault_of_call([&] { reader->load(job); }) == fault::corrupt);
  CHECK(reader->load(job, 1).size() == 1);
}

TEST_CASE_METHOD(keys_fixture, "a secret that was moved to another tenant or field doesn't open") {
  file_database().run(
      "UPDATE tenant_configs SET desk_key = (SELECT desk_key FROM tenant_configs t WHERE t.id = 'acme') "
      "WHERE id = 'globex'");
  CHECK(fault_of_call([&] { reader->find_tenant("globex"); }) == fault::corrupt);
  file_database().run("UPDATE tenant_configs SET desk_key = signing_secret WHERE id = 'acme'");
  CHECK(fault_of_call([&] { reader->find_tenant("acme"); }) == fault::corrupt);
  CHECK(fault_of_call([&] { reader->list_tenants(); }) == fault::corrupt);
}

TEST_CASE_METHOD(keys_fixture, "a tenant's key that was moved doesn't open") {
  file_database().run("UPDATE tenant_configs SET wrapped_key = (SELECT wrapped_key FROM tenant_configs t "
                      "WHERE t.id = 'acme') WHERE id = 'globex'");
  restart();
  CHECK(fault_of_call([&] { reader->find_tenant("globex"); }) == fault::corrupt);
  CHECK(fault_of_call([&] { put(accepted(job_of("globex", "x"))); }) == fault::corrupt);
  CHECK(put(accepted(job)).outcome == append_outcome::stored);
}

TEST_CASE("without a master key one is made beside the database, and found again") {
  sqlite_database database;
  auto options = database.options();
  options.master_key.reset();
  open(options)->open_writer()->add_tenant(make_tenant("acme"));
  const auto file = std::filesystem::path{database.file()}.replace_extension(".key");

  struct stat found {};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  CHECK(open(options)->open_reader()->find_tenant("acme")->desk_key.reveal() == "desk key of acme");
  CHECK(fault_of_call([&] { open(database.options()); }) == fault::wrong_key);
}

TEST_CASE("a database whose master key was lost isn't given a new one") {
  sqlite_database database;
  auto options = database.options();
  options.master_key.reset();
  open(options);
  const auto file = std::filesystem::path{database.file()}.replace_extension(".key");
  std::filesystem::remove(file);

  CHECK(fault_of_call([&] { open(options); }) == fault::wrong_key);
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("a database that is called like its key keeps both apart") {
  const temporary_folder folder;
  open_options options;
  options.url = "sqlite:" + (folder / "troupe.key").string();
  open(options);
  CHECK(std::filesystem::exists(folder / "troupe.key.key"));
  CHECK_FALSE(fault_of_call([&] { open(options); }));
}

} // namespace troupe::storage::testing
