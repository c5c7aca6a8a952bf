#include "config/private_file.hpp"

#include "folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <sys/stat.h>

using namespace troupe::config;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a private file is made once, for its owner only, and nothing else is left") {
  const troupe::testing::folder folder;
  const auto file = folder.path() / "key";
  CHECK_FALSE(read_private_file(file));
  CHECK(make_private_file(file, "first\n"));
  CHECK_FALSE(make_private_file(file, "second\n"));
  CHECK(read_private_file(file) == "first");
  struct stat found {};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  CHECK(std::distance(std::filesystem::directory_iterator{folder.path()}, {}) == 1);
}

TEST_CASE("a private file that others may read is refused as such") {
  const troupe::testing::folder folder;
  const auto file = folder.file("key", "x");
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  try {
    read_private_file(file);
    FAIL("no fault");
  } catch (const private_file_error& e) {
    CHECK(e.exposed());
    CHECK_THAT(e.what(), ContainsSubstring("can be read by others"));
  }
}

TEST_CASE("a private file that is too long, or can't be made, is named") {
  const troupe::testing::folder folder;
  const auto file = folder.file("key", std::string(5000, 'x'));
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  CHECK_THROWS_WITH(read_private_file(file), ContainsSubstring("File too large"));
  CHECK_THROWS_WITH(make_private_file(folder.path() / "none" / "key", "x"), ContainsSubstring("can't be made"));
}
