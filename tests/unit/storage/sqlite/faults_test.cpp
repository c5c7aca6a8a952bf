#include "sqlite/database.hpp"
#include "storage/integrity.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <signal.h>
#include <sys/resource.h>

#include <fstream>
#include <thread>

namespace troupe::storage::testing {

namespace {

const auto job = job_of("acme", "job");

/// The fixture with the concrete database at hand.
class sqlite_fixture : public storage_fixture {
public:
  const sqlite_database& file_database() const {
    return dynamic_cast<const sqlite_database&>(*database);
  }
  std::filesystem::path file() const {
    return file_database().file();
  }
};

void overwrite(const std::filesystem::path& file, std::streamoff from, std::size_t count) {
  std::fstream out{file, std::ios::in | std::ios::out | std::ios::binary};
  out.seekp(from);
  const std::string garbage(count, '\x5a');
  out.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
}

/// While it lives, files can't grow above a size: what a full disk is like for a process.
class file_size_limit {
public:
  explicit file_size_limit(rlim_t bytes) {
    before_ = ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    auto smaller = limit_;
    smaller.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &smaller);
  }
  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    ::signal(SIGXFSZ, before_);
  }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

private:
  rlimit limit_{};
  void (*before_)(int) = nullptr;
};

} // namespace

TEST_CASE_METHOD(sqlite_fixture, "a new database and its log are their owner's alone") {
  put(accepted(job));
  for (const auto* ending : {"", "-wal"}) {
    const auto mode = std::filesystem::status(file().string() + ending).permissions();
    CHECK((mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all))
          == std::filesystem::perms::none);
  }
}

TEST_CASE_METHOD(sqlite_fixture, "a database that another program has locked is unavailable for that time") {
  {
    stranger other{file()};
    other.run("BEGIN IMMEDIATE");
    CHECK(fault_of_call([&] { put(accepted(job)); }) == fault::unavailable);
    CHECK(fault_of_call([&] { writer->add_tenant(make_tenant("late")); }) == fault::unavailable);
    CHECK(fault_of_call([&] { writer->put_local_note("acme", {"n", "T", "", "", at(0)}, "m"); }) == fault::unavailable);
    CHECK(fault_of_call([&] { writer->release_running_jobs(at(0)); }) == fault::unavailable);
    CHECK(fault_of_call([&] { writer->expire(at(0), std::chrono::hours{1}); }) == fault::unavailable);
    CHECK(fault_of_call([&] { writer->put_audit({}); }) == fault::unavailable);
    // Who reads isn't disturbed.
    CHECK(reader->load(job).empty());
    other.run("COMMIT");
  }
  CHECK(put(accepted(job)).outcome == append_outcome::stored);
  CHECK(reader->load(job).size() == 1);
}

TEST_CASE_METHOD(sqlite_fixture, "a database that is locked for a moment is waited for") {
  auto patient = database->options();
  patient.busy_timeout = std::chrono::seconds{60};
  const auto other = open(patient);
  const auto waiting = other->open_writer();
  auto locker = std::make_unique<stranger>(file());
  locker->run("BEGIN IMMEDIATE");
  std::thread release{[&] { locker->run("COMMIT"); }};

  const auto value = accepted(job);
  CHECK(waiting->append_batch({&value, 1}).at(0).outcome == append_outcome::stored);
  release.join();
}

TEST_CASE_METHOD(sqlite_fixture, "a full database takes nothing, keeps what it has and recovers") {
  put(accepted(job));
  auto limited = database->options();
  limited.size_limit = 1'000'000;
  const auto small = open(limited)->open_writer();
  std::optional<fault> met;
  std::uint64_t stored = 0;
  for (int i = 0; i < 100 && !met; ++i) {
    const std::vector batch{accepted(job_of("acme", "big-" + std::to_string(i)), std::string(50'000, 'x')),
                            accepted(job_of("acme", "twin-" + std::to_string(i)))};
    met = fault_of_call([&] { small->append_batch(batch); });
    if (!met)
      ++stored;
  }

  CHECK(met == fault::full);
  CHECK(stored > 5);
  CHECK(reader->load(job_of("acme", "big-" + std::to_string(stored))).empty());
  CHECK(reader->load(job_of("acme", "twin-" + std::to_string(stored))).empty());
  CHECK(reader->load(job_of("acme", "twin-" + std::to_string(stored - 1))).size() == 1);
  // What needs no room still goes, and with room everything does.
  CHECK(put(next(job, 1, {"claimed"})).outcome == append_outcome::stored);
  CHECK(put(accepted(job_of("acme", "big-" + std::to_string(stored)), std::string(50'000, 'x'))).outcome
        == append_outcome::stored);
}

TEST_CASE_METHOD(sqlite_fixture, "a disk that refuses to be written is a fault, and nothing is half done") {
  put(accepted(job));
  const auto again = [&] { return put(next(job, 1, {"claimed"})); };
  {
    const file_size_limit nothing{1};
    const auto met = fault_of_call([&] { again(); });
    CHECK((met == fault::unavailable || met == fault::full));
    CHECK(fault_of_call([&] { again(); }).has_value());
  }
  CHECK(reader->load(job).size() == 1);
  CHECK(again().outcome == append_outcome::stored);
  CHECK(reader->load(job).size() == 2);
  CHECK(put(accepted(job_of("acme", "another"))).outcome == append_outcome::stored);
}

TEST_CASE_METHOD(sqlite_fixture, "a database that was moved away takes nothing more") {
  put(accepted(job));
  const auto elsewhere = std::filesystem::path{file()}.replace_extension(".moved");
  std::filesystem::rename(file(), elsewhere);

  CHECK(fault_of_call([&] { put(next(job, 1, {"claimed"})); }) == fault::unavailable);
  CHECK(fault_of_call([&] { writer->release_running_jobs(at(0)); }) == fault::unavailable);
  CHECK(fault_of_call([&] { writer->put_local_note("acme", {"n", "T", "", "", at(0)}, "m"); }) == fault::unavailable);

  std::filesystem::rename(elsewhere, file());
  CHECK(put(next(job, 1, {"claimed"})).outcome == append_outcome::stored);
}

TEST_CASE_METHOD(sqlite_fixture, "nobody makes a new database while the log of one that was moved away is there") {
  put(accepted(job));
  const auto elsewhere = std::filesystem::path{file()}.replace_extension(".moved");
  std::filesystem::rename(file(), elsewhere);

  // As a command would, while the server runs.
  CHECK(fault_of_call([&] { open(database->options()); }) == fault::unavailable);

  std::filesystem::rename(elsewhere, file());
  restart();
  CHECK(reader->load(job).size() == 1);
}

TEST_CASE("a file that is no database is corrupt") {
  sqlite_database database;
  std::ofstream{database.file()} << std::string(10'000, 'x');
  CHECK(fault_of_call([&] { open(database.options()); }) == fault::corrupt);
  CHECK(fault_of_call([&] { migration_state(database.options()); }) == fault::corrupt);
}

TEST_CASE("a database of another program is left alone") {
  sqlite_database database;
  database.run("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
  CHECK(fault_of_call([&] { open(database.options()); }) == fault::corrupt);
  CHECK(fault_of_call([&] { migrate(database.options(), 1); }) == fault::corrupt);
  CHECK(database.ask("SELECT count(*) FROM sqlite_schema") == "1");
}

TEST_CASE_METHOD(sqlite_fixture, "damaged pages are corruption, not a crash") {
  for (int i = 0; i < 200; ++i)
    put(accepted(job_of("acme", std::to_string(i)), std::string(500, 'x')));
  reader.reset();
  writer.reset();
  backend.reset();
  overwrite(file(), 8'192, static_cast<std::size_t>(std::filesystem::file_size(file())) - 8'192);

  CHECK(fault_of_call([&] {
          restart();
          reader->load(job_of("acme", "7"));
        })
        == fault::corrupt);
}

TEST_CASE_METHOD(sqlite_fixture, "a table that is gone is corruption") {
  put(accepted(job));
  file_database().run("DROP TABLE events");
  CHECK(fault_of_call([&] { reader->load(job); }) == fault::corrupt);
  CHECK(fault_of_call([&] { put(next(job, 1, {"claimed"})); }) == fault::corrupt);
}

TEST_CASE("a database where none can be is unavailable") {
  sqlite_database database;
  auto options = database.options();
  options.url = "sqlite:" + (database.file() / "below/a/file.db").string();
  CHECK(fault_of_call([&] { open(options); }) == fault::unavailable);
}

TEST_CASE_METHOD(sqlite_fixture, "damaged pages are found wherever they are, and a sound database has none") {
  for (int i = 0; i < 300; ++i)
    put(accepted(job_of("acme", std::to_string(i)), std::string(500, 'x')));
  CHECK(find_damage(database->options(), 5, [] {}).empty());

  put(opened(talk_of("acme", "talk"), "mia"));
  const std::string table = GENERATE("events", "conversations", "conversations_idle", "user_keys");
  restart();
  file_database().run("PRAGMA wal_checkpoint(TRUNCATE)");
  const auto page =
      8'192 * (std::stol(file_database().ask("SELECT rootpage FROM sqlite_schema WHERE name = '" + table + "'")) - 1);
  reader.reset();
  writer.reset();
  backend.reset();
  overwrite(file(), page, 8'192);
  const auto damage = find_damage(database->options(), 5);
  CHECK_FALSE(damage.empty());
  CHECK(damage.size() <= 5);
}

TEST_CASE("an address that isn't SQLite's, or names no file, is refused") {
  sqlite_database database;
  auto options = database.options();
  for (const std::string url : {"", "sqlite:", "troupe.db", "postgresql://host/db", "SQLITE:x"}) {
    options.url = url;
    CHECK(fault_of_call([&] { open(options); }) == fault::refused);
    CHECK(fault_of_call([&] { migrate(options, 1); }) == fault::refused);
    CHECK(fault_of_call([&] { migration_state(options); }) == fault::refused);
  }
}

TEST_CASE("a name that means something else to SQLite is a file's name here") {
  const temporary_folder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder / "");
  open_options options;
  options.master_key = first_master_key;
  for (const std::string name : {":memory:", "file:x.db?mode=memory", "plain.db"}) {
    options.url = "sqlite:" + name;
    CHECK(open(options)->name() == options.url);
    CHECK(std::filesystem::exists(folder / name));
  }
  std::filesystem::current_path(before);
}

} // namespace troupe::storage::testing
