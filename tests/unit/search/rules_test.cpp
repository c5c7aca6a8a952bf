#include "actors/search/import/rules.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace troupe;
using namespace troupe::actors::search;

namespace {

import_row row(std::array<std::string, 5> values) {
  import_row result;
  result.line = 7;
  result.values = std::move(values);
  return result;
}

template <class T>
rejected_row rejection(const std::variant<T, rejected_row>& checked) {
  REQUIRE(std::holds_alternative<rejected_row>(checked));
  return std::get<rejected_row>(checked);
}

rejected_row rejected_ticket(std::array<std::string, 5> values) {
  auto given = row(std::move(values));
  return rejection(to_ticket(given));
}

} // namespace

TEST_CASE("a ticket of good values is taken") {
  auto given = row({" 17 ", "Printer\tdown", "line one\nline two", "fixed", "2025-03-01"});
  const auto checked = to_ticket(given);
  const auto* ticket = std::get_if<storage::past_ticket>(&checked);
  REQUIRE(ticket);
  CHECK(ticket->id == "17");
  CHECK(ticket->subject == "Printer down");
  CHECK(ticket->description == "line one\nline two");
  CHECK(ticket->resolved_at == "2025-03-01T00:00:00Z");
}

TEST_CASE("a ticket's faults name field, rule and value") {
  auto fault = rejected_ticket({"", "s", "d", "r", ""});
  CHECK(fault.line == 7);
  CHECK(fault.field == "id");
  CHECK_FALSE(fault.rule.empty());
  fault = rejected_ticket({"1", "", "", "r", ""});
  CHECK(fault.field == "subject");
  fault = rejected_ticket({"1", "s", "d", "r", "last Monday"});
  CHECK(fault.field == "resolved_at");
  CHECK(fault.found == "last Monday");
  fault = rejected_ticket({"1", "s", std::string(100'001, 'x'), "", ""});
  CHECK(fault.field == "description");
  CHECK(fault.found.size() < 100);
  CHECK(rejected_ticket({"1", std::string(1'001, 'x'), "d", "", ""}).field == "subject");
  CHECK(rejected_ticket({std::string(129, 'x'), "s", "d", "", ""}).field == "id");
  CHECK(rejected_ticket({"a\nb", "s", "d", "", ""}).field == "id");
  CHECK(rejected_ticket({"1", "s", std::string{"a\0b", 3}, "", ""}).rule == "text without NUL");
  fault = rejected_ticket({"1", "s", "caf\xE9", "", ""});
  CHECK(fault.rule == "UTF-8");
  CHECK(fault.found == "caf?");
}

TEST_CASE("dates and times become RFC 3339 in UTC") {
  const auto [text, expected] =
      GENERATE(table<std::string, std::string>({{"2025-03-01", "2025-03-01T00:00:00Z"},
                                                {"2025-03-01T12:30:00Z", "2025-03-01T12:30:00Z"},
                                                {"2025-03-01 12:30", "2025-03-01T12:30:00Z"},
                                                {"2025-03-01t12:30:15.123z", "2025-03-01T12:30:15Z"},
                                                {"2025-03-01T00:30:00+02:00", "2025-02-28T22:30:00Z"},
                                                {"2024-12-31T23:00:00-0130", "2025-01-01T00:30:00Z"},
                                                {"2024-02-29", "2024-02-29T00:00:00Z"},
                                                {"2025-02-29", ""},
                                                {"2025-13-01", ""},
                                                {"2025-03-01T24:00:00Z", ""},
                                                {"2025-03-01T12:60:00Z", ""},
                                                {"2025-03-01T12:30:00X", ""},
                                                {"2025-03-01T12:30:00+25:00", ""},
                                                {"01.03.2025", ""},
                                                {"2025-3-1", ""},
                                                {"-025-03-01", ""},
                                                {"2025-03-01T", ""},
                                                {"0000-01-01", ""},
                                                {"", ""}}));
  CAPTURE(text);
  CHECK(canonical_time(text) == expected);
}

TEST_CASE("an article needs an id, a title and, if any, a web address") {
  auto good = row({"K-1", "Title", "", "", "https://kb.example/1?a=b"});
  CHECK(std::holds_alternative<storage::article>(to_article(good)));
  auto bare = row({"K-1", "Title", "", "", ""});
  CHECK(std::holds_alternative<storage::article>(to_article(bare)));
  auto untitled = row({"K-1", " ", "", "", ""});
  CHECK(rejection(to_article(untitled)).field == "title");
  for (const auto* url : {"javascript:alert(1)", "ftp://kb.example/1", "kb.example", "https://a b", "https://a\"b"}) {
    auto bad = row({"K-1", "Title", "", "", url});
    CHECK(rejection(to_article(bad)).field == "url");
  }
}

TEST_CASE("an asset's addresses may be one, several or a JSON array, and become canonical") {
  const auto [text, expected] = GENERATE(
      table<std::string, std::vector<std::string>>({{"10.0.0.1", {"10.0.0.1"}},
                                                    {"10.0.0.1, 2001:DB8:0:0::1", {"10.0.0.1", "2001:db8::1"}},
                                                    {"10.0.0.1;10.0.0.2 10.0.0.1", {"10.0.0.1", "10.0.0.2"}},
                                                    {R"(["10.0.0.1", "::ffff:10.0.0.2"])", {"10.0.0.1", "10.0.0.2"}}}));
  auto given = row({text, "host.example", "server", "Acme", "York"});
  const auto checked = to_asset(given);
  const auto* asset = std::get_if<storage::asset>(&checked);
  REQUIRE(asset);
  CHECK(asset->addresses == expected);
  CHECK(asset->hostname == "host.example");
}

TEST_CASE("an asset without a good address is refused") {
  for (const auto* text :
       {"", " , ", "10.0.0.256", "host.example", "[]", "[1]", R"(["10.0.0.1", 5])", R"({"a":1})", R"(["10.0.0.1")"}) {
    auto given = row({text, "host", "", "", ""});
    CAPTURE(text);
    CHECK(rejection(to_asset(given)).field == "ip");
  }
  std::string many;
  for (int i = 0; i < 65; ++i)
    many += "10.0.1." + std::to_string(i) + ",";
  auto given = row({many, "host", "", "", ""});
  CHECK(rejection(to_asset(given)).field == "ip");
}

TEST_CASE("values found are shown on one line, shortened between characters") {
  CHECK(shortened("a\nb") == "a b");
  std::string long_text;
  for (int i = 0; i < 100; ++i)
    long_text += "ü";
  CHECK(shortened(long_text).size() == 80 * 2 + std::string{"…"}.size());
}
