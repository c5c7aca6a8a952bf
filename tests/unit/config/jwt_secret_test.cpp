#include "config/load.hpp"

#include "folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace troupe::config;
using Catch::Matchers::ContainsSubstring;

namespace {

struct fixture {
  troupe::testing::folder folder;
  std::filesystem::path file = folder.path() / "troupe.jwt";

  settings fresh() const {
    settings s;
    s.storage.url = "sqlite:" + (folder.path() / "troupe.db").string();
    return s;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a token secret is made beside the database for its owner only") {
  auto first = fresh();
  provide_jwt_secret(first);
  CHECK(first.jwt.secret.reveal().size() == 64);
  struct stat found {};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  CHECK(std::distance(std::filesystem::directory_iterator{folder.path()}, {}) == 1);
}

TEST_CASE_METHOD(fixture, "the next start finds the same token secret") {
  auto first = fresh();
  auto second = fresh();
  provide_jwt_secret(first);
  provide_jwt_secret(second);
  CHECK(second.jwt.secret == first.jwt.secret);
}

TEST_CASE_METHOD(fixture, "a configured token secret is left alone") {
  auto s = fresh();
  s.jwt.secret = secret{"mine"};
  provide_jwt_secret(s);
  CHECK(s.jwt.secret.reveal() == "mine");
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE_METHOD(fixture, "where tokens come from an issuer no secret is made") {
  auto s = fresh();
  s.jwt.jwks_url = "https://login.example.com/keys";
  provide_jwt_secret(s);
  CHECK(s.jwt.secret.empty());
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE_METHOD(fixture, "a token secret that others can read is refused") {
  folder.file("troupe.jwt", std::string(64, 'x'));
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  auto s = fresh();
  CHECK_THROWS_WITH(provide_jwt_secret(s), ContainsSubstring("can be read by others"));
}

TEST_CASE_METHOD(fixture, "a token secret that is cut is refused") {
  folder.file("troupe.jwt", "short\n");
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  auto s = fresh();
  CHECK_THROWS_WITH(provide_jwt_secret(s), ContainsSubstring("shorter than 32 bytes"));
}

TEST_CASE_METHOD(fixture, "a folder that isn't there is named") {
  settings s;
  s.storage.url = "sqlite:" + (folder.path() / "none" / "troupe.db").string();
  CHECK_THROWS_WITH(provide_jwt_secret(s), ContainsSubstring("can't be made: No such file or directory"));
}
