#include "storage/master_key.hpp"

#include "sqlite/database.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>

namespace troupe::storage::testing {

namespace {

void write(const std::filesystem::path& file, const std::string& text, mode_t mode = 0600) {
  std::ofstream{file} << text;
  ::chmod(file.c_str(), mode);
}

} // namespace

TEST_CASE("a master key is made once, for its owner's eyes only") {
  const temporary_folder folder;
  const auto made = master_key_in(folder / "m.key");

  CHECK(made.reveal().size() == 32);
  CHECK(master_key_in(folder / "m.key") == made);
  struct stat found {};
  REQUIRE(::stat((folder / "m.key").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  CHECK(master_key_in(folder / "other.key") != made);
}

TEST_CASE("nothing but the key stays in the folder") {
  const temporary_folder folder;
  master_key_in(folder / "m.key");
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{folder / ""})
    ++files;
  CHECK(files == 1);
}

TEST_CASE("several that ask for a master key at the same moment get the same one") {
  const temporary_folder folder;
  std::vector<std::future<config::secret>> askers;
  for (int i = 0; i < 8; ++i)
    askers.push_back(std::async(std::launch::async, [&] { return master_key_in(folder / "m.key"); }));
  const auto key = askers[0].get();
  for (std::size_t i = 1; i < askers.size(); ++i)
    CHECK(askers[i].get() == key);
}

TEST_CASE("a file that others may read is no master key") {
  const temporary_folder folder;
  const auto key = master_key_in(folder / "m.key");
  for (const mode_t mode : {0640, 0604, 0660}) {
    ::chmod((folder / "m.key").c_str(), mode);
    CHECK(fault_of_call([&] { master_key_in(folder / "m.key"); }) == fault::wrong_key);
  }
  ::chmod((folder / "m.key").c_str(), 0400);
  CHECK(master_key_in(folder / "m.key") == key);
}

TEST_CASE("a file that holds something else is no master key") {
  const temporary_folder folder;
  for (const std::string text : {"", "hello", "AAAA", "\n", "A\xff"}) {
    write(folder / "m.key", text);
    CHECK(fault_of_call([&] { master_key_in(folder / "m.key"); }) == fault::wrong_key);
  }
  write(folder / "m.key", std::string(1'000, 'A'));
  CHECK(fault_of_call([&] { master_key_in(folder / "m.key"); }) == fault::wrong_key);
}

TEST_CASE("a master key that can't be read or made is a fault of the outside world") {
  const temporary_folder folder;
  CHECK(fault_of_call([&] { master_key_in(folder / "no/such/folder.key"); }) == fault::unavailable);
  std::filesystem::create_directory(folder / "m.key");
  ::chmod((folder / "m.key").c_str(), 0700);
  CHECK(fault_of_call([&] { master_key_in(folder / "m.key"); }) == fault::unavailable);
}

} // namespace troupe::storage::testing
