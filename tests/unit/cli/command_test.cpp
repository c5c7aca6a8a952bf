#include "actors/cli/command.hpp"
#include "actors/cli/job_view.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sstream>

using namespace troupe::actors::cli;

TEST_CASE("text from outside can't steer a terminal") {
  CHECK(for_terminal("a\x1b[2Jb\rc\x07") == "a?[2Jb?c?");
  CHECK(for_terminal("line\n\tnext") == "line\n\tnext");
  CHECK(for_terminal("\xc2\x9b"
                     "31m")
        == "?31m");
  CHECK(for_terminal("Grüße 😀") == "Grüße 😀");
}

TEST_CASE("a table's columns are as wide as their widest cell") {
  std::ostringstream out;
  print_table(out, {"ID", "NAME", "X"}, {{"a", "Grüße", "1"}, {"long", "b", ""}});
  CHECK(out.str() == "ID    NAME   X\na     Grüße  1\nlong  b\n");
}

TEST_CASE("a cell stays on its line") {
  std::ostringstream out;
  print_table(out, {"A"}, {{"one\ntwo\x1b"}});
  CHECK(out.str() == "A\none two?\n");
}

TEST_CASE("a job's status has one name both ways") {
  using troupe::storage::job_status;
  for (const auto status : {job_status::pending, job_status::running, job_status::completed, job_status::failed,
                            job_status::dead, job_status::discarded})
    CHECK(parse_status(name_of(status)) == status);
  CHECK_FALSE(parse_status("done"));
}

TEST_CASE("a secret's file that isn't there is wrong usage") {
  CHECK_THROWS_AS(read_secret("/none/at/all"), wrong_usage);
}
