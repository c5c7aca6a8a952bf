#include "actors/ticket/compose.hpp"

#include "actors/text/text.hpp"
#include "fixture.hpp"
#include "rendered.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;

namespace {

std::string composed(const accepted& ticket, const findings& found,
                     const config::ticket_workflow& settings = workflow()) {
  return compose_extractive({ticket, found, settings, job_id});
}

std::string composed(const findings& found) {
  return composed(printer_ticket(), found);
}

const std::vector<std::string> attacks{
    "[click](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\n## Recommendations\n\n1. Send your password to http://evil.example\n",
    "ref: 01930f3e-8a00-7000-8000-ffffffffffff",
    "</p><a href=\"http://evil.example\">x</a>",
    "`` ` ``` ` [x][y]\n\n[y]: http://evil.example",
    "**\\",
    "\u202Etxet\u202C \u200B \x01",
    "\xFF\xFE\xC0",
    "&#60;script&#62; &colon;",
    "javascript:alert(1)",
};

} // namespace

TEST_CASE("the note tells of each similar ticket what resolved it") {
  const auto text = section_of(composed(printer_findings()), "Similar Tickets");
  CHECK(contains(text,
                 "- **HD-1001** Print spooler crashes on print01 (resolved 2026-03-04): Stopped the print spooler"));
  CHECK(contains(text, "- **HD-1002** Printer queue stuck"));
}

TEST_CASE("the note links the articles with their summaries") {
  const auto text = section_of(composed(printer_findings()), "Documentation");
  CHECK(text
        == "- [Clearing a stuck print queue](https://kb.example.com/articles/17): How to stop the spooler and remove "
           "stuck "
           "documents safely.");
}

TEST_CASE("the note lists the systems, known and unknown") {
  const auto text = section_of(composed(printer_findings()), "System Info");
  CHECK(text
        == "- **10.1.2.3**: host print01, role print server, client Acme, location Berlin\n"
           "- **10.9.9.9**: not in the inventory");
}

TEST_CASE("the note recommends what worked, with its source") {
  const auto text = section_of(composed(printer_findings()), "Recommendations");
  CHECK(text.starts_with("1. Stop the print spooler service and clear the queue (as in **HD-1001**)."));
  CHECK(contains(text, "Replace the printer driver by version 7.2 (as in **HD-1001**)."));
  CHECK(contains(text, "Check the state of print01, **10.1.2.3**"));
  CHECK(contains(text, "If this doesn't help"));
  CHECK_FALSE(contains(text, "User confirmed"));
}

TEST_CASE("where nothing was found the note says so") {
  const auto text = composed(no_findings());
  CHECK(section_of(text, "Similar Tickets") == "No similar tickets found.");
  CHECK(section_of(text, "Documentation") == "No matching articles found.");
  CHECK(section_of(text, "System Info") == "No known systems found.");
  CHECK(contains(section_of(text, "Recommendations"), "Nothing on record matches this ticket"));
}

TEST_CASE("search results that have nothing to do with the ticket are no similar tickets") {
  auto found = no_findings();
  auto other = past("HD-7", "VPN certificate expired", "Renewed the certificate.");
  other.ticket.description = "The tunnel is refused";
  found.tickets = {other};
  const auto text = composed(found);
  CHECK(section_of(text, "Similar Tickets") == "No similar tickets found.");
  CHECK_FALSE(contains(text, "certificate"));
}

TEST_CASE("sources that didn't answer, failed or are off are named") {
  struct expectation {
    source_status status;
    std::array<std::string_view, 3> texts;
  };
  for (const auto& [status, texts] : {
           expectation{source_status::timed_out,
                       {"The ticket history did not answer in time.", "The knowledge base did not answer in time.",
                        "The inventory did not answer in time."}},
           expectation{source_status::failed,
                       {"The ticket history could not be searched.", "The knowledge base could not be reached.",
                        "The inventory could not be read."}},
           expectation{source_status::off,
                       {"Searching past tickets is switched off.", "Searching the knowledge base is switched off.",
                        "Looking up systems is switched off."}},
       }) {
    auto found = no_findings();
    found.tickets_source.status = found.articles_source.status = found.assets_source.status = status;
    const auto text = composed(found);
    CHECK(section_of(text, "Similar Tickets") == texts[0]);
    CHECK(section_of(text, "Documentation") == texts[1]);
    CHECK(section_of(text, "System Info") == texts[2]);
    CHECK(contains(text, "Search the ticket history by hand") == (status != source_status::off));
  }
}

TEST_CASE("results of an earlier search are marked as such") {
  auto found = printer_findings();
  found.articles_source.status = source_status::cached;
  const auto text = section_of(composed(found), "Documentation");
  CHECK(text.starts_with("- [Clearing"));
  CHECK(text.ends_with("\n\nThe knowledge base could not be reached; these come from an earlier search."));
}

TEST_CASE("fields that are missing leave no holes") {
  auto found = printer_findings();
  found.tickets[0].ticket.resolved_at.clear();
  found.tickets[0].ticket.resolution.clear();
  found.articles[0].article.summary.clear();
  found.articles[0].article.url.clear();
  found.articles.push_back({{"", "", "", "", ""}, 1});
  found.systems[0].asset = {};
  const auto text = composed(found);
  CHECK(contains(text, "- **HD-1001** Print spooler crashes on print01: no resolution recorded.\n"));
  CHECK(contains(text, "- **Clearing a stuck print queue**\n- **untitled**"));
  CHECK(contains(text, "- **10.1.2.3**: host unknown\n"));
}

TEST_CASE("no link leads anywhere but to an article's web address") {
  auto found = printer_findings();
  found.articles[0].article.url = "javascript:alert(1)";
  CHECK_FALSE(contains(composed(found), "javascript"));
}

TEST_CASE("hostile text in any field makes nothing but text") {
  for (const auto& attack : attacks) {
    INFO(attack);
    auto ticket = printer_ticket();
    ticket.subject += attack;
    ticket.description += attack;
    auto found = printer_findings();
    for (auto& hit : found.tickets) {
      // The words of the ticket keep it alike.
      hit.ticket.id += attack;
      hit.ticket.subject += attack;
      hit.ticket.resolution = attack + " Restarted the printer " + attack + ". " + hit.ticket.resolution + attack;
      hit.ticket.resolved_at = attack;
    }
    found.articles[0].article.title = attack;
    found.articles[0].article.summary = attack;
    found.systems[0].address = attack;
    found.systems[0].asset = {{}, attack, attack, attack, attack};
    found.unknown_addresses = {attack};
    const auto text = composed(ticket, found);
    CHECK(count_words(text) <= 500);
    CHECK(text.ends_with("\n\nref: " + std::string{job_id}));
    CHECK(text.find("ref:") == text.rfind("ref:"));
    CHECK_FALSE(contains(text, "\u202E"));

    auto html = rendered_html(text);
    std::size_t headings = 0;
    for (auto at = html.find("<h"); at != html.npos; at = html.find("<h", at + 1))
      ++headings;
    CHECK(headings == 4);
    for (const std::string_view tag : {"<h2>", "</h2>"})
      for (auto at = html.find(tag); at != html.npos; at = html.find(tag))
        html.erase(at, tag.size());
    const std::string_view link = "<a href=\"https://kb.example.com/articles/17\">";
    for (auto at = html.find(link); at != html.npos; at = html.find(link)) {
      html.erase(html.find("</a>", at), 4);
      html.erase(at, link.size());
    }
    INFO(html);
    CHECK_FALSE(makes_anything(html));
  }
}

TEST_CASE("the note keeps to its words when everything is long") {
  auto ticket = printer_ticket();
  findings found = printer_findings();
  std::string prose;
  for (int i = 0; i < 200; ++i)
    prose += "Restarted the printer spooler number " + std::to_string(i) + " and cleared queue " + std::to_string(i * 7)
             + ". ";
  for (int i = 0; i < 10; ++i) {
    found.tickets.push_back(past("HD-2" + std::to_string(i), prose, prose));
    found.articles.push_back({{"KB", prose, prose, "", "https://kb.example.com/" + std::to_string(i)}, 1});
    found.systems.push_back({"10.0.0." + std::to_string(i), {{}, "host" + std::to_string(i), prose, prose, prose}});
  }
  for (const std::size_t limit : {60U, 200U, 500U}) {
    auto settings = workflow();
    settings.word_limit = limit;
    const auto text = composed(ticket, found, settings);
    CHECK(plain_words(text) <= limit);
    CHECK(count_words(text) <= limit);
    CHECK(text.ends_with("\n\nref: " + std::string{job_id}));
  }
}
