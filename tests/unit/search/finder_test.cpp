#include <catch2/catch_test_macros.hpp>

#include "search_fixture.hpp"

using namespace troupe;
using namespace troupe::testing;
using actors::search::source_status;

namespace {

using ids = std::vector<std::string>;

storage::past_ticket ticket(const std::string& id, const std::string& subject, const std::string& description = {},
                            const std::string& resolution = {}) {
  return {id, subject, description, resolution, "2025-01-01T00:00:00Z"};
}

} // namespace

TEST_CASE_METHOD(search_fixture, "similar tickets are found, the most similar first") {
  put({ticket("T-1", "Spooler stops", "print queue is stuck", "emptied the spool folder"),
       ticket("T-2", "VPN drops", "tunnel lost at home"), ticket("T-3", "Print queue full", "jobs wait")});
  CHECK(similar("Print queue stuck", "the spooler stops") == ids{"T-1", "T-3"});
}

TEST_CASE_METHOD(search_fixture, "chatter that tickets share doesn't make them similar") {
  put({ticket("T-1", "VPN drops", "Hello, since this morning nothing works, please help. Kind regards, Ann"),
       ticket("T-2", "Toner empty", "the printer needs toner")});
  CHECK(similar("Toner empty", "Hello, since this morning nothing works, please help. Kind regards, Ann")
        == ids{"T-2"});
}

TEST_CASE_METHOD(search_fixture, "one code in common is enough") {
  put({ticket("T-1", "Update fails", "ends with 0x80070643 each night"),
       ticket("T-2", "Monitor flickers", "left one")});
  CHECK(similar("Strange message",
                "it says 0x80070643 and nothing else happens, quite annoying indeed, whole evening long")
        == ids{"T-1"});
}

TEST_CASE_METHOD(search_fixture, "codes are found however they are joined") {
  put({ticket("T-1", "ERP down", "ORA-12541 no listener"), ticket("T-2", "other", "words")});
  CHECK(similar("ora12541") == ids{"T-1"});
  CHECK(similar("ORA_12541") == ids{"T-1"});
}

TEST_CASE_METHOD(search_fixture, "one common word among many isn't enough") {
  put({ticket("T-1", "Low disk space", "the volume is full"), ticket("T-2", "Lobby display dark", "no signal")});
  const auto found = finder.find_tickets(
      *reader, {"acme", "Parking space for visitors", "reserve an entrance ticket with sandwiches from Norway", 5});
  CHECK(found.hits.empty());
  CHECK(found.status == source_status::empty);
}

TEST_CASE_METHOD(search_fixture, "other names for a thing find it, too") {
  put({ticket("T-1", "WLAN unstable", "drops in the canteen"), ticket("T-2", "Toner empty", "printer")});
  CHECK(similar("wifi in canteen") == ids{"T-1"});
}

TEST_CASE_METHOD(search_fixture, "nothing in a ticket's text is query syntax") {
  put({ticket("T-1", "spooler queue", "text")});
  for (const std::string text :
       {"spooler\" OR queue", "subject:spooler queue*", "NEAR(spooler queue)", "spooler AND NOT queue",
        "^spooler + queue", "spooler queue'); DROP TABLE ticket_text; --", "{spooler} queue ("})
    CHECK(similar(text) == ids{"T-1"});
  CHECK(similar(std::string{"spooler\0queue\x1f"
                            "2\x1fspooler",
                            23})
        == ids{"T-1"});
}

TEST_CASE_METHOD(search_fixture, "another tenant's tickets aren't found") {
  put({ticket("T-1", "spooler queue")}, "globex");
  CHECK(similar("spooler queue").empty());
  CHECK(similar("1\x1fspooler 2:spooler queue").empty());
  CHECK(similar("spooler queue", {}, "globex") == ids{"T-1"});
}

TEST_CASE_METHOD(search_fixture, "a ticket of the greatest size is searched for") {
  put({ticket("T-1", "spooler queue")});
  std::string text = "spooler queue ";
  while (text.size() < 10'000)
    text += "padding" + std::to_string(text.size()) + ' ';
  CHECK(similar("spooler queue", text) == ids{"T-1"});
}

TEST_CASE_METHOD(search_fixture, "a ticket that says nothing finds nothing") {
  put({ticket("T-1", "help please")});
  CHECK(finder.find_tickets(*reader, {"acme", "Help", "please", 5}).status == source_status::empty);
  CHECK(finder.find_articles(*reader, {"acme", "", "", 5}).status == source_status::empty);
}

TEST_CASE_METHOD(search_fixture, "no more is given than wanted") {
  std::vector<storage::past_ticket> rows;
  for (int i = 0; i < 80; ++i)
    rows.push_back(ticket("T-" + std::to_string(i), "spooler queue"));
  put(rows);
  CHECK(finder.find_tickets(*reader, {"acme", "spooler queue", "", 3}).hits.size() == 3);
  CHECK(finder.find_tickets(*reader, {"acme", "spooler queue", "", 1'000}).hits.size() == 50);
  CHECK(finder.find_tickets(*reader, {"acme", "spooler queue", "", 0}).hits.size() == 1);
}

TEST_CASE_METHOD(search_fixture, "articles are found by their texts") {
  const std::vector<storage::article> pages{
      {"K-1", "Clear a print queue", "when the spooler hangs", "net stop spooler", "https://kb.example/1"},
      {"K-2", "VPN at home", "tunnel and ports", "UDP 500", "https://kb.example/2"}};
  writer->put_articles("acme", pages);
  const auto found = finder.find_articles(*reader, {"acme", "Spooler hangs", "print queue full", 3});
  REQUIRE(found.hits.size() == 1);
  CHECK(found.hits[0].article.id == "K-1");
  CHECK(found.status == source_status::ok);
}

TEST_CASE_METHOD(search_fixture, "assets are found by the addresses in subject and description, in their order") {
  const std::vector<storage::asset> machines{{{"10.0.0.1", "2001:db8::1"}, "one.example", "server", "Acme", "York"},
                                             {{"10.0.0.2"}, "two.example", "switch", "Acme", "Leeds"}};
  writer->put_assets("acme", machines);
  const auto found = finder.find_assets(
      *reader, {"acme", "10.0.0.2 is down", "seen from [2001:DB8:0::1]:443 and 10.9.9.9, version 1.2.3.4.5", 20});
  REQUIRE(found.hits.size() == 2);
  CHECK(found.hits[0].address == "10.0.0.2");
  CHECK(found.hits[0].asset.hostname == "two.example");
  CHECK(found.hits[1].address == "2001:db8::1");
  CHECK(found.hits[1].asset.hostname == "one.example");
  CHECK(found.unknown == ids{"10.9.9.9"});
  CHECK(found.status == source_status::ok);
}

TEST_CASE_METHOD(search_fixture,
                 "addresses that the inventory doesn't have are named, and text without any costs nothing") {
  auto found = finder.find_assets(*reader, {"acme", "10.0.0.2 is down", "", 20});
  CHECK(found.status == source_status::empty);
  CHECK(found.unknown == ids{"10.0.0.2"});
  found = finder.find_assets(*reader, {"acme", "printer is down", "at 10:15", 20});
  CHECK(found.status == source_status::empty);
  CHECK(found.unknown.empty());
}
