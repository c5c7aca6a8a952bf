#include <fstream>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "actors/search/import.hpp"
#include "search_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using nlohmann::json;
using troupe::testing::search_fixture;

namespace {

const std::string folder = TROUPE_SAMPLES;

class samples_fixture : public search_fixture {
public:
  samples_fixture() {
    tickets = search::import_file(*writer, search::import_kind::tickets, "acme", folder + "/tickets.jsonl");
    articles = search::import_file(*writer, search::import_kind::articles, "acme", folder + "/articles.jsonl");
    assets = search::import_file(*writer, search::import_kind::assets, "acme", folder + "/assets.jsonl");
    std::ifstream lines{folder + "/new_tickets.jsonl"};
    for (std::string line; std::getline(lines, line);)
      news.push_back(json::parse(line));
    std::ifstream{folder + "/expected.json"} >> expected;
  }

  static search::request request(const json& ticket, std::size_t limit) {
    return {"acme", ticket.at("subject"), ticket.at("description"), limit};
  }

  search::import_report tickets;
  search::import_report articles;
  search::import_report assets;
  std::vector<json> news;
  json expected;
};

bool has(const json& list, const std::string& id) {
  return std::ranges::find(list, json(id)) != list.end();
}

} // namespace

TEST_CASE_METHOD(samples_fixture, "all samples can be imported") {
  CHECK(tickets.stored == 300);
  CHECK(articles.stored == 40);
  CHECK(assets.stored == 80);
  CHECK(tickets.rejected + articles.rejected + assets.rejected == 0);
  CHECK(news.size() == 15);
}

TEST_CASE_METHOD(samples_fixture, "each new sample ticket finds its right tickets, articles and assets") {
  for (const auto& ticket : news) {
    const auto id = ticket.at("ticket_id").get<std::string>();
    const auto& right = expected.at(id);
    if (right.at("tickets").empty())
      continue;
    CAPTURE(id);
    const auto similar = finder.find_tickets(*reader, request(ticket, 5));
    REQUIRE_FALSE(similar.hits.empty());
    CHECK(has(right.at("tickets"), similar.hits[0].ticket.id));
    const auto pages = finder.find_articles(*reader, request(ticket, 3));
    CHECK(std::ranges::any_of(pages.hits, [&](const auto& hit) { return has(right.at("articles"), hit.article.id); }));
    std::vector<std::string> addresses;
    for (const auto& hit : finder.find_assets(*reader, request(ticket, 20)).hits)
      addresses.push_back(hit.address);
    CHECK(addresses == right.at("assets").get<std::vector<std::string>>());
  }
}

TEST_CASE_METHOD(samples_fixture, "new sample tickets about something else find nothing") {
  std::size_t others = 0;
  for (const auto& ticket : news) {
    const auto id = ticket.at("ticket_id").get<std::string>();
    if (!expected.at(id).at("tickets").empty())
      continue;
    ++others;
    CAPTURE(id);
    CHECK(finder.find_tickets(*reader, request(ticket, 5)).status == search::source_status::empty);
    CHECK(finder.find_articles(*reader, request(ticket, 3)).status == search::source_status::empty);
    CHECK(finder.find_assets(*reader, request(ticket, 20)).hits.empty());
  }
  CHECK(others == 3);
}
