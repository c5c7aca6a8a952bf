#include "actors/cli/command.hpp"
#include "actors/cli/groups.hpp"
#include "actors/cli/job_view.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <sstream>

using namespace troupe::actors::cli;
using Catch::Matchers::ContainsSubstring;
using words = std::vector<std::string>;

namespace {

struct program {
  CLI::App app{"", "troupe"};
  invocation call;

  program() {
    add_tenant(app, call);
    add_version(app, call);
  }

  words read(words given) const {
    return checked_words(app, std::move(given));
  }
};

} // namespace

TEST_CASE_METHOD(program, "a command that isn't there is named, with the nearest one or all there are") {
  CHECK_THROWS_WITH(read({"tenat", "list"}), ContainsSubstring("\"troupe tenat\"; did you mean \"tenant\"?"));
  CHECK_THROWS_WITH(read({"tenant", "remvoe", "acme"}),
                    ContainsSubstring("\"troupe tenant remvoe\"; did you mean \"remove\"?"));
  CHECK_THROWS_WITH(read({"nonsense", "--help"}), ContainsSubstring("there are tenant, version"));
  CHECK_THROWS_WITH(read({"help", "nonsense"}), ContainsSubstring("there is no command \"troupe nonsense\""));
  CHECK_THROWS_WITH(read({"help", "version", "nonsense"}), ContainsSubstring("\"troupe version nonsense\""));
  CHECK_THROWS_AS(read({"tenant", ""}), wrong_usage);
}

TEST_CASE_METHOD(program, "a group without its command names its commands") {
  CHECK_THROWS_WITH(read({}), ContainsSubstring("\"troupe\" needs a command; there are tenant, version"));
  CHECK_THROWS_WITH(read({"tenant"}), ContainsSubstring("\"troupe tenant\" needs a command; there are add"));
}

TEST_CASE_METHOD(program, "help is asked for before or behind a command") {
  CHECK(read({"help"}) == words{"--help"});
  CHECK(read({"help", "tenant", "add"}) == words{"tenant", "add", "--help"});
  CHECK(read({"tenant", "--help"}) == words{"tenant", "--help"});
}

TEST_CASE_METHOD(program, "what follows a command is left to it") {
  CHECK(read({"tenant", "show", "help", "-c", "x"}) == words{"tenant", "show", "help", "-c", "x"});
  CHECK(read({"--version"}) == words{"--version"});
}

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
  for (const auto status :
       {job_status::pending, job_status::running, job_status::completed, job_status::dead, job_status::discarded})
    CHECK(parse_status(name_of(status)) == status);
  CHECK(parse_status("failed") == job_status::dead); // as the API calls it
  CHECK_FALSE(parse_status("done"));
}

TEST_CASE("a secret's file that isn't there is wrong usage") {
  CHECK_THROWS_AS(read_secret("--key-file", "/none/at/all"), wrong_usage);
}
