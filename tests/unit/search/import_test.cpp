#include "actors/search/import.hpp"

#include <fstream>
#include <sstream>

#include <catch2/catch_test_macros.hpp>

#include "search_fixture.hpp"

using namespace troupe;
using namespace troupe::actors::search;
using troupe::testing::search_fixture;

namespace {

class import_fixture : public search_fixture {
public:
  import_report import(import_kind kind, const std::string& text, const std::string& name,
                       const import_options& options = {}) {
    std::istringstream from{text};
    return import_stream(*writer, kind, "acme", from, name, options);
  }

  std::string failure(import_kind kind, const std::string& text, const std::string& name,
                      const import_options& options = {}) {
    try {
      import(kind, text, name, options);
    } catch (const import_error& error) {
      return error.what();
    }
    return {};
  }
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE_METHOD(import_fixture, "tickets come from CSV with a header line") {
  const auto report = import(import_kind::tickets,
                             "subject,ID,description,resolved_at,resolution,colour\n"
                             "Spooler stops,T-1,\"print queue\nstuck\",2025-03-01,emptied it,red\n",
                             "old.csv");
  CHECK(report.read == 1);
  CHECK(report.stored == 1);
  CHECK(report.rejected == 0);
  const auto found = finder.find_tickets(*reader, {"acme", "spooler queue", "", 5});
  REQUIRE(found.hits.size() == 1);
  CHECK(found.hits[0].ticket.id == "T-1");
  CHECK(found.hits[0].ticket.description == "print queue\nstuck");
  CHECK(found.hits[0].ticket.resolved_at == "2025-03-01T00:00:00Z");
}

TEST_CASE_METHOD(import_fixture, "tickets come from JSON Lines, with numbers as ids and unknown fields") {
  const auto report =
      import(import_kind::tickets,
             "{\"id\": 17, \"subject\": \"Spooler stops\", \"more\": {\"a\": 1}, \"resolution\": null}\n\n"
             "{\"id\": \"18\", \"description\": \"spooler stopped\"}",
             "old.jsonl");
  CHECK(report.stored == 2);
  CHECK(similar("spooler stops").size() == 2);
}

TEST_CASE_METHOD(import_fixture, "columns that aren't used are told once, with the line and the name they are like") {
  const auto csv = import(import_kind::tickets, "id,subject,descripton,colour\nT-1,s,d,red\nT-2,s,d,red\n", "a.csv");
  REQUIRE(csv.unknown.size() == 2);
  CHECK(csv.stored == 2);
  CHECK(csv.unknown[0].name == "descripton");
  CHECK(csv.unknown[0].nearest == "description");
  CHECK(csv.unknown[1].name == "colour");
  CHECK(csv.unknown[1].nearest.empty());
  CHECK(csv.unknown[1].line == 1);

  const auto lines = import(import_kind::assets,
                            "{\"ip\":\"10.0.0.1\"}\n{\"ip\":\"10.0.0.2\",\"hostnam\":\"h\"}\n"
                            "{\"ip\":\"10.0.0.3\",\"hostnam\":\"h\",\"rack\":1}\n",
                            "a.jsonl");
  REQUIRE(lines.unknown.size() == 2);
  CHECK(lines.unknown[0].name == "hostnam");
  CHECK(lines.unknown[0].nearest == "hostname");
  CHECK(lines.unknown[0].line == 2);
  CHECK(lines.unknown[1].line == 3);
}

TEST_CASE_METHOD(import_fixture, "the list of columns that aren't used is bounded, and mapped ones aren't on it") {
  std::string head = "number", row = "T-1";
  for (int i = 0; i < 100; ++i) {
    head += ",extra" + std::to_string(i);
    row += ",x";
  }
  import_options mapped;
  mapped.mapping = {{"number", "id"}};
  const auto report = import(import_kind::tickets, head + "\n" + row + "\n", "a.csv", mapped);
  CHECK(report.unknown.size() == 50);
  CHECK(report.unknown.front().name == "extra0");
}

TEST_CASE_METHOD(import_fixture, "their names are mapped to ours") {
  import_options options;
  options.mapping = {{"Nummer", "id"}, {"Betreff", "subject"}};
  CHECK(import(import_kind::tickets, "Nummer;Betreff\n1;Spooler\n", "a.csv", options).stored == 1);
  CHECK(import(import_kind::tickets, R"({"Nummer": 2, "Betreff": "Toner"})", "a.jsonl", options).stored == 1);
  CHECK(similar("toner") == std::vector<std::string>{"2"});
}

TEST_CASE_METHOD(import_fixture, "rows that break a rule are left out and reported with line, field, rule and value") {
  const auto report = import(import_kind::tickets,
                             "id,subject,resolved_at\n"
                             "1,good,\n"
                             ",no id,\n"
                             "3,bad date,soon\n"
                             "4,too,many,fields\n"
                             "5,good,\n",
                             "a.csv");
  CHECK(report.read == 5);
  CHECK(report.stored == 2);
  CHECK(report.rejected == 3);
  REQUIRE(report.examples.size() == 3);
  CHECK(report.examples[0].line == 3);
  CHECK(report.examples[0].field == "id");
  CHECK(report.examples[1].field == "resolved_at");
  CHECK(report.examples[1].found == "soon");
  CHECK(report.examples[2].line == 5);
  CHECK(report.examples[2].field.empty());
}

TEST_CASE_METHOD(import_fixture, "lines of JSON that can't be read are reported") {
  const auto report = import(import_kind::tickets,
                             "{\"id\": 1, \"subject\": \"good\"}\n"
                             "{\"id\": 2, \"subject\": \n"
                             "[1, 2]\n"
                             "{\"id\": 3, \"subject\": true}\n"
                             "{\"id\": 4, \"subject\": \"caf\xE9\"}\n"
                                 + std::string(2'000'000, ' ') + "x\n",
                             "a.jsonl");
  CHECK(report.stored == 1);
  REQUIRE(report.examples.size() == 5);
  CHECK(report.examples[0].rule == "one JSON object in UTF-8");
  CHECK(report.examples[1].rule == "a JSON object");
  CHECK(report.examples[2].field == "subject");
  CHECK(report.examples[2].found == "true");
  CHECK(report.examples[3].line == 5);
}

TEST_CASE_METHOD(import_fixture, "the list of rejected rows is bounded, their count isn't") {
  std::string text = "id,subject\n";
  for (int i = 0; i < 1'000; ++i)
    text += ",x\n";
  import_options options;
  options.examples = 10;
  const auto report = import(import_kind::tickets, text, "a.csv", options);
  CHECK(report.rejected == 1'000);
  CHECK(report.examples.size() == 10);
}

TEST_CASE_METHOD(import_fixture, "progress is told after each chunk and at the end") {
  std::string text = "id,subject\n";
  for (int i = 0; i < 25; ++i)
    text += std::to_string(i) + ",x\n";
  std::vector<import_progress> told;
  import_options options;
  options.chunk = 10;
  options.progress = [&](const import_progress& now) { told.push_back(now); };
  import(import_kind::tickets, text, "a.csv", options);
  REQUIRE(told.size() == 3);
  CHECK(told[0].rows == 10);
  CHECK(told[2].rows == 25);
  CHECK(told[2].bytes == text.size());
}

TEST_CASE_METHOD(import_fixture, "a second import replaces tickets of the same id") {
  import(import_kind::tickets, "id,subject\n1,spooler\n", "a.csv");
  import(import_kind::tickets, "id,subject\n1,toner\n", "a.csv");
  CHECK(similar("spooler").empty());
  CHECK(similar("toner") == std::vector<std::string>{"1"});
  CHECK(reader->ticket_count("acme") == 1);
}

TEST_CASE_METHOD(import_fixture, "articles and assets are imported") {
  CHECK(
      import(import_kind::articles, "id,title,summary,body,url\nK-1,Toner,how to,body,https://kb.example/1\n", "k.csv")
          .stored
      == 1);
  CHECK(reader->article_count("acme") == 1);
  CHECK(import(import_kind::assets,
               "ip,hostname,role,client,location\n\"10.0.0.1,10.0.0.2\",one.example,server,Acme,York\n", "a.csv")
            .stored
        == 1);
  CHECK(import(import_kind::assets, R"({"ip": ["10.0.0.3", "2001:db8::3"], "hostname": "three.example"})", "a.jsonl")
            .stored
        == 1);
  const std::vector<std::string> asked{"10.0.0.2", "2001:db8::3"};
  CHECK(reader->find_assets("acme", asked).size() == 2);
}

TEST_CASE_METHOD(import_fixture, "a file that can't be imported at all says why, with the valid choices") {
  CHECK(contains(failure(import_kind::tickets, "", "a.csv"), "empty"));
  const auto no_id = failure(import_kind::tickets, "number,subject\n1,x\n", "a.csv");
  CHECK(contains(no_id, "number, subject"));
  CHECK(contains(no_id, "--map"));
  CHECK(contains(failure(import_kind::tickets, "id,ID\n1,2\n", "a.csv"), "two columns"));
  CHECK(contains(failure(import_kind::tickets, "[{\"id\": 1}]", "a.json"), "JSON Lines"));
  import_options options;
  options.mapping = {{"Nummer", "number"}};
  CHECK(contains(failure(import_kind::tickets, "Nummer\n1\n", "a.csv", options),
                 "id, subject, description, resolution, resolved_at"));
  options.mapping = {{"Nummer", "id"}};
  CHECK(contains(failure(import_kind::tickets, "No,subject\n1,x\n", "a.csv", options), "no column `Nummer`"));
}

TEST_CASE_METHOD(import_fixture, "without a telling name the first character decides the format") {
  CHECK(import(import_kind::tickets, R"({"id": 1, "subject": "x"})", "-").stored == 1);
  CHECK(import(import_kind::tickets, "id,subject\n2,x\n", "-").stored == 1);
  import_options options;
  options.format = import_format::csv;
  CHECK(import(import_kind::tickets, "id,subject\n3,x\n", "a.jsonl", options).stored == 1);
}

TEST_CASE_METHOD(import_fixture, "a file that isn't there or is a folder can't be imported") {
  CHECK_THROWS_AS(import_file(*writer, import_kind::tickets, "acme", "/nonexistent/a.csv"), import_error);
  CHECK_THROWS_AS(import_file(*writer, import_kind::tickets, "acme", "/"), import_error);
}

TEST_CASE("a mapping is theirs, a sign, ours") {
  CHECK(parse_mapping("Betreff=subject") == std::pair<std::string, std::string>{"Betreff", "subject"});
  CHECK(parse_mapping("a=b=id") == std::pair<std::string, std::string>{"a=b", "id"});
  for (const auto* text : {"", "=", "a=", "=b", "ab"})
    CHECK_THROWS_AS(parse_mapping(text), import_error);
}
