#include "actors/cli/webhook_sender.hpp"

#include "actors/cli/command.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>

using namespace troupe::actors::cli;
using Catch::Matchers::ContainsSubstring;

namespace {

struct file {
  std::string path = (std::filesystem::temp_directory_path() / "troupe-XXXXXX").string();

  explicit file(std::string_view text) {
    REQUIRE(::mkstemp(path.data()) >= 0);
    std::ofstream{path} << text;
  }
  ~file() {
    std::filesystem::remove(path);
  }
};

} // namespace

TEST_CASE("tickets are read from one object, an array, or one a line") {
  CHECK(read_tickets(file{"{\n \"ticket_id\": \"1\"\n}\n"}.path).size() == 1);
  CHECK(read_tickets(file{R"([{"ticket_id":"1"},{"ticket_id":"2"}])"}.path).size() == 2);
  const auto lines = read_tickets(file{"{\"ticket_id\":\"1\"}\n\n{\"ticket_id\":\"2\"}\r\n"}.path);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1]["ticket_id"] == "2");
}

TEST_CASE("a file without good tickets is refused with the line") {
  const file broken{"{\"ticket_id\":\"1\"}\n{\"ticket_id\":\n"};
  CHECK_THROWS_WITH(read_tickets(broken.path), ContainsSubstring(broken.path + ":2: not JSON: "));
  const file scalar{"{\"ticket_id\":\"1\"}\n3\n"};
  CHECK_THROWS_WITH(read_tickets(scalar.path), ContainsSubstring(":2: must be a JSON object"));
  CHECK_THROWS_WITH(read_tickets(file{"[1]"}.path), ContainsSubstring("[0]: must be a JSON object"));
  CHECK_THROWS_AS(read_tickets(file{""}.path), failure);
  CHECK_THROWS_AS(read_tickets(file{"[]"}.path), failure);
  CHECK_THROWS_AS(read_tickets("/none/at/all"), failure);
}

TEST_CASE("the server's address is one that this machine reaches") {
  troupe::config::server_settings server;
  CHECK(server_url(server) == "http://127.0.0.1:8080");
  server.bind = "0.0.0.0";
  CHECK(server_url(server) == "http://127.0.0.1:8080");
  server.bind = "::";
  server.tls = {"c.pem", "k.pem"};
  CHECK(server_url(server) == "https://[::1]:8080");
  server.port = 0;
  CHECK_THROWS_AS(server_url(server), wrong_usage);
}
