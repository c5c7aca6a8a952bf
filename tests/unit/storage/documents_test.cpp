#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

past_ticket ticket(const std::string& id, const std::string& subject, const std::string& description = {},
                   const std::string& resolution = {}) {
  return {id, subject, description, resolution, "2025-11-20T12:00:00Z"};
}

article page(const std::string& id, const std::string& title, const std::string& summary = {},
             const std::string& body = {}) {
  return {id, title, summary, body, "https://kb.example/" + id};
}

text_query query(std::vector<std::string> words, std::size_t limit = 10) {
  text_query result;
  for (auto& word : words)
    result.terms.push_back({std::move(word), 1});
  result.limit = limit;
  return result;
}

ids found(reader& in, const text_query& wanted, const std::string& tenant = "acme") {
  ids result;
  for (const auto& hit : in.search_tickets(tenant, wanted))
    result.push_back(hit.ticket.id);
  return result;
}

void put_tickets(storage_fixture& in, const std::vector<past_ticket>& rows, const std::string& tenant = "acme") {
  in.writer->put_tickets(tenant, rows);
}

} // namespace

TEST_CASE_METHOD(storage_fixture, "a ticket is found by words of its subject, description and resolution") {
  put_tickets(*this, {ticket("T-1", "printer offline", "the tray is stuck", "cleaned the spooler"),
                      ticket("T-2", "vpn", "no route", "new certificate")});

  for (const auto* word : {"printer", "tray", "spooler"})
    CHECK(found(*reader, query({word})) == ids{"T-1"});
  const auto hits = reader->search_tickets("acme", query({"certificate"}));
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].ticket.subject == "vpn");
  CHECK(hits[0].ticket.description == "no route");
  CHECK(hits[0].ticket.resolution == "new certificate");
  CHECK(hits[0].ticket.resolved_at == "2025-11-20T12:00:00Z");
  CHECK(hits[0].score > 0);
}

TEST_CASE_METHOD(storage_fixture, "case, accents and English endings make no difference") {
  put_tickets(*this, {ticket("T-1", "Printing fails at the Café")});
  for (const auto* word : {"PRINTED", "prints", "cafe", "CAFÉ", "failing"})
    CHECK(found(*reader, query({word})) == ids{"T-1"});
}

TEST_CASE_METHOD(storage_fixture, "codes and names of machines are found as they stand") {
  put_tickets(*this, {ticket("T-1", "update fails with 0x80070005"), ticket("T-2", "ERR-1234 on srv-db01.example.com"),
                      ticket("T-3", "ERR and 1234 apart")});
  CHECK(found(*reader, query({"0x80070005"})) == ids{"T-1"});
  CHECK(found(*reader, query({"ERR-1234"})) == ids{"T-2"});
  CHECK(found(*reader, query({"err-1234"})) == ids{"T-2"});
  CHECK(found(*reader, query({"srv-db01.example.com"})) == ids{"T-2"});
}

TEST_CASE_METHOD(storage_fixture, "a phrase is found where its words follow each other") {
  put_tickets(*this, {ticket("T-1", "paper jam in tray two"), ticket("T-2", "jam on the paper")});
  CHECK(found(*reader, query({"paper jam"})) == ids{"T-1"});
  CHECK(found(*reader, query({"paper", "jam"})).size() == 2);
}

TEST_CASE_METHOD(storage_fixture, "any of the terms may match, more of them rank higher") {
  put_tickets(*this, {ticket("T-1", "printer"), ticket("T-2", "printer toner"), ticket("T-3", "toner printer queue"),
                      ticket("T-4", "monitor"), ticket("T-5", "keyboard")});
  CHECK(found(*reader, query({"printer", "toner", "queue", "absent"})) == ids{"T-3", "T-2", "T-1"});
}

TEST_CASE_METHOD(storage_fixture, "rare words, heavy terms and the subject count more") {
  put_tickets(*this, {ticket("T-1", "common rare"), ticket("T-2", "common other"), ticket("T-3", "common some"),
                      ticket("T-4", "x", "subject"), ticket("T-5", "subject", "x")});
  CHECK(found(*reader, query({"rare", "common"})).at(0) == "T-1");
  CHECK(found(*reader, query({"subject"})) == ids{"T-5", "T-4"});

  auto weighted = query({"rare", "other"});
  weighted.terms[1].weight = 10;
  CHECK(found(*reader, weighted) == ids{"T-2", "T-1"});
  auto by_description = query({"subject"});
  by_description.field_weights = {1, 9, 1};
  CHECK(found(*reader, by_description) == ids{"T-4", "T-5"});
}

TEST_CASE_METHOD(storage_fixture, "the best are returned, as many as wanted") {
  std::vector<past_ticket> rows;
  for (int i = 0; i < 30; ++i)
    rows.push_back(ticket("T-" + std::to_string(i), std::string(i == 17 ? "printer printer" : "printer")));
  put_tickets(*this, rows);
  CHECK(found(*reader, query({"printer"}, 3)).size() == 3);
  CHECK(found(*reader, query({"printer"}, 1)) == ids{"T-17"});
  CHECK(found(*reader, query({"printer"}, 0)).empty());
  CHECK(found(*reader, query({"printer"}, 1'000'000)).size() == 30);
}

TEST_CASE_METHOD(storage_fixture, "nothing is found where there is nothing to find") {
  CHECK(found(*reader, query({"printer"})).empty());
  put_tickets(*this, {ticket("T-1", "printer")});
  CHECK(found(*reader, query({})).empty());
  CHECK(found(*reader, query({"", " ", "!!!"})).empty());
  CHECK(found(*reader, query({"absent"})).empty());
  CHECK(found(*reader, query({"printer"}), "nobody").empty());
}

TEST_CASE_METHOD(storage_fixture, "terms without weight count for nothing") {
  put_tickets(*this, {ticket("T-1", "printer"), ticket("T-2", "toner")});
  auto wanted = query({"printer", "toner"});
  wanted.terms[0].weight = 0;
  CHECK(found(*reader, wanted) == ids{"T-2"});
}

TEST_CASE_METHOD(storage_fixture, "a ticket again replaces the one of its id") {
  put_tickets(*this, {ticket("T-1", "printer"), ticket("T-2", "vpn")});
  CHECK(found(*reader, query({"printer"})) == ids{"T-1"});
  put_tickets(*this, {ticket("T-1", "monitor", "flickers"), ticket("T-3", "new")});

  CHECK(found(*reader, query({"printer"})).empty());
  CHECK(found(*reader, query({"monitor"})) == ids{"T-1"});
  CHECK(reader->ticket_count("acme") == 3);
  CHECK(reader->ticket_frequency("acme", "printer") == 0);
  CHECK(reader->ticket_frequency("acme", "monitor") == 1);
}

TEST_CASE_METHOD(storage_fixture, "a ticket twice in one import is there once, the later one") {
  put_tickets(*this, {ticket("T-1", "first"), ticket("T-1", "second")});
  CHECK(found(*reader, query({"first", "second"})) == ids{"T-1"});
  CHECK(found(*reader, query({"first"})).empty());
  CHECK(reader->ticket_count("acme") == 1);
}

TEST_CASE_METHOD(storage_fixture, "an import of what is there already changes only what is different") {
  auto same = ticket("T-1", "printer");
  put_tickets(*this, {same});
  put_tickets(*this, {same});
  CHECK(found(*reader, query({"printer"})) == ids{"T-1"});
  same.resolved_at = "2026-01-01T00:00:00Z";
  put_tickets(*this, {same});
  CHECK(reader->search_tickets("acme", query({"printer"})).at(0).ticket.resolved_at == "2026-01-01T00:00:00Z");
  CHECK(reader->ticket_count("acme") == 1);
}

TEST_CASE_METHOD(storage_fixture, "a reader sees what was imported after its last search") {
  put_tickets(*this, {ticket("T-1", "printer")});
  CHECK(found(*reader, query({"printer"})).size() == 1);
  CHECK(reader->ticket_frequency("acme", "printer") == 1);
  put_tickets(*this, {ticket("T-2", "printer")});
  CHECK(found(*reader, query({"printer"})).size() == 2);
  CHECK(reader->ticket_frequency("acme", "printer") == 2);
}

TEST_CASE_METHOD(storage_fixture, "a word's frequency is the number of tickets that it occurs in") {
  put_tickets(*this, {ticket("T-1", "printer printer printer", "printer"), ticket("T-2", "PRINTERS", "paper jam"),
                      ticket("T-3", "jam paper")});
  CHECK(reader->ticket_frequency("acme", "printers") == 2);
  CHECK(reader->ticket_frequency("acme", "paper") == 2);
  CHECK(reader->ticket_frequency("acme", "paper jam") == 1);
  CHECK(reader->ticket_frequency("acme", "absent") == 0);
  CHECK(reader->ticket_frequency("acme", "?!") == 0);
  CHECK(reader->ticket_frequency("globex", "printer") == 0);
  CHECK(reader->ticket_frequency("nobody", "printer") == 0);
}

TEST_CASE_METHOD(storage_fixture, "counts and versions are a tenant's own") {
  CHECK(reader->documents_version("acme") == 0);
  put_tickets(*this, {ticket("T-1", "a"), ticket("T-2", "b")});
  const auto version = reader->documents_version("acme");
  CHECK(version > 0);
  const std::vector pages{page("K-1", "a")};
  writer->put_articles("acme", pages);
  CHECK(reader->documents_version("acme") > version);
  CHECK(reader->ticket_count("acme") == 2);
  CHECK(reader->article_count("acme") == 1);
  CHECK(reader->ticket_count("globex") == 0);
  CHECK(reader->documents_version("globex") == 0);
  CHECK(reader->documents_version("nobody") == 0);
}

TEST_CASE_METHOD(storage_fixture, "an article is found by words of its title, summary and body") {
  const std::vector pages{page("K-1", "Clearing a print queue", "what to do", "restart the spooler"),
                          page("K-2", "Certificates", "renewal", "ask the authority")};
  writer->put_articles("acme", pages);

  for (const auto* word : {"queue", "do", "spooler"}) {
    const auto hits = reader->search_articles("acme", query({word}));
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].article.id == "K-1");
    CHECK(hits[0].article.title == "Clearing a print queue");
    CHECK(hits[0].article.summary == "what to do");
    CHECK(hits[0].article.body == "restart the spooler");
    CHECK(hits[0].article.url == "https://kb.example/K-1");
  }
}

TEST_CASE_METHOD(storage_fixture, "an article again replaces the one of its id") {
  const std::vector first{page("K-1", "printer")};
  writer->put_articles("acme", first);
  const std::vector second{page("K-1", "monitor")};
  writer->put_articles("acme", second);
  CHECK(reader->search_articles("acme", query({"printer"})).empty());
  CHECK(reader->search_articles("acme", query({"monitor"})).size() == 1);
  CHECK(reader->article_count("acme") == 1);
}

TEST_CASE_METHOD(storage_fixture, "documents of an unknown tenant are refused") {
  const std::vector tickets{ticket("T-1", "x")};
  const std::vector pages{page("K-1", "x")};
  CHECK(fault_of_call([&] { writer->put_tickets("nobody", tickets); }) == fault::refused);
  CHECK(fault_of_call([&] { writer->put_articles("nobody", pages); }) == fault::refused);
}

TEST_CASE_METHOD(storage_fixture, "no text of a query is more than text") {
  put_tickets(*this, {ticket("T-1", "printer offline"), ticket("T-2", "alpha beta")});
  const auto count = reader->ticket_count("acme");
  for (const auto& text : hostile_texts()) {
    auto wanted = query({text, "printer"});
    CHECK(found(*reader, wanted).at(0) == "T-1");
    CHECK_NOTHROW(reader->search_tickets("acme", query({text})));
    CHECK_NOTHROW(reader->search_articles("acme", query({text})));
    CHECK_NOTHROW(reader->ticket_frequency("acme", text));
  }
  CHECK(found(*reader, query({"print*"})).empty());
  CHECK(found(*reader, query({"subject:printer"})).empty());
  CHECK(found(*reader, query({"alpha OR gamma"})).empty());
  CHECK(reader->ticket_count("acme") == count);
}

TEST_CASE_METHOD(storage_fixture, "any text can be a document") {
  int number = 0;
  for (const auto& text : hostile_texts()) {
    const auto id = "T" + text;
    put_tickets(*this, {past_ticket{id, text, text, text + " marker" + std::to_string(number), text}});
    put_tickets(*this, {past_ticket{id, text, text, text + " mark" + std::to_string(number), text}});
    const auto hits = reader->search_tickets("acme", query({"mark" + std::to_string(number)}));
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].ticket.id == id);
    CHECK(hits[0].ticket.subject == text);
    CHECK(found(*reader, query({"marker" + std::to_string(number)})).empty());
    const std::vector pages{article{id, text, text, text, text}};
    CHECK_NOTHROW(writer->put_articles("acme", pages));
    ++number;
  }
}

TEST_CASE_METHOD(storage_fixture, "a query of very many and very long terms is cut, not refused") {
  put_tickets(*this, {ticket("T-1", "printer")});
  auto wanted = query({"printer"});
  for (int i = 0; i < 1'000; ++i)
    wanted.terms.push_back({"word" + std::to_string(i), 1});
  wanted.terms.push_back({std::string(1'000'000, 'x'), 1});
  CHECK(found(*reader, wanted) == ids{"T-1"});
  CHECK(found(*reader, query({std::string(1'000'000, 'x') + " printer"})).empty());
}

TEST_CASE_METHOD(storage_fixture, "search goes on after a restart") {
  put_tickets(*this, {ticket("T-1", "printer")});
  restart();
  put_tickets(*this, {ticket("T-2", "printer")});
  CHECK(found(*reader, query({"printer"})).size() == 2);
}

} // namespace troupe::storage::testing
