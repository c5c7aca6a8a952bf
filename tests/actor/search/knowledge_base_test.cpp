#include "actors/search/knowledge_base.hpp"

#include <future>
#include <optional>
#include <stdexcept>

#include <catch2/catch_test_macros.hpp>

#include "actors/runtime/clock.hpp"
#include "net/io_threads.hpp"
#include "tests/support/scripted_server.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;
using search::source_status;

namespace {

constexpr const char* one_article =
    R"({"articles": [{"id": "K-1", "title": "Spooler", "summary": "s", "url": "https://kb.example/1"}]})";

class knowledge_fixture {
public:
  knowledge_fixture() : server{[this](const received&) { return next; }} {
    settings.source.articles_url = server.url() + "/search";
    settings.source.articles_key = config::secret{"secret"};
    settings.source.articles_timeout = 10s;
  }

  void open() {
    base.emplace(io, settings, time);
  }

  search::articles_found ask(const std::string& subject, const std::string& tenant = "acme", std::size_t limit = 3) {
    if (!base)
      open();
    std::promise<search::articles_found> answer;
    auto coming = answer.get_future();
    base->find({tenant, subject, "", limit}, [&](search::articles_found found) { answer.set_value(std::move(found)); });
    if (coming.wait_for(20s) != std::future_status::ready)
      throw std::logic_error{"no answer"};
    return coming.get();
  }

  std::size_t asked() {
    return server.requests().size();
  }

  answer next = respond(200, one_article);
  net::io_threads io{1};
  scripted_server server;
  manual_clock time;
  search::knowledge_base_settings settings;
  std::optional<search::knowledge_base> base;
};

} // namespace

TEST_CASE_METHOD(knowledge_fixture, "articles are asked for with the telling words, the limit and the token") {
  const auto found = ask("The spooler stops, please help");
  CHECK(found.status == source_status::ok);
  REQUIRE(found.hits.size() == 1);
  CHECK(found.hits[0].article.id == "K-1");
  const auto requests = server.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "GET");
  CHECK(requests[0].target == "/search?q=spooler%20stops&limit=3");
  CHECK(requests[0].headers.at("authorization") == "Bearer secret");
}

TEST_CASE_METHOD(knowledge_fixture, "an address may have a query of its own, and no path") {
  settings.source.articles_url = server.url() + "?kind=howto#top";
  settings.source.articles_key = {};
  ask("spooler");
  CHECK(server.requests().at(0).target == "/?kind=howto&q=spooler&limit=3");
  CHECK_FALSE(server.requests().at(0).headers.contains("authorization"));
}

TEST_CASE_METHOD(knowledge_fixture, "the same question is answered from memory for an hour") {
  ask("spooler stops");
  CHECK(ask("Stopped spoolers!").status == source_status::ok);
  CHECK(asked() == 1);
  time.advance(1h);
  CHECK(ask("spooler stops").hits.size() == 1);
  CHECK(asked() == 1);
  time.advance(1ms);
  ask("spooler stops");
  CHECK(asked() == 2);
}

TEST_CASE_METHOD(knowledge_fixture, "tenants and limits don't share answers") {
  ask("spooler", "acme");
  ask("spooler", "globex");
  ask("spooler", "acme", 1);
  CHECK(asked() == 3);
}

TEST_CASE_METHOD(knowledge_fixture, "no article is an answer, too") {
  next = respond(200, "[]");
  CHECK(ask("spooler").status == source_status::empty);
  CHECK(ask("spooler").status == source_status::empty);
  CHECK(asked() == 1);
}

TEST_CASE_METHOD(knowledge_fixture, "a ticket that says nothing asks nothing") {
  CHECK(ask("Hello, please help").status == source_status::empty);
  CHECK(asked() == 0);
}

TEST_CASE_METHOD(knowledge_fixture, "earlier answers are served while the source is down") {
  ask("spooler");
  time.advance(2h);
  for (const auto& fault : {respond(500, "{}"), respond(404, "{}"), respond(200, "<html>"), answer{"", true, false},
                            answer{"garbage\r\n\r\n", true, false}}) {
    next = fault;
    const auto found = ask("spooler");
    CHECK(found.status == source_status::cached);
    CHECK(found.hits.size() == 1);
    CHECK_FALSE(found.error.empty());
    next = respond(200, one_article);
    CHECK(ask("other words").status == source_status::ok);
  }
}

TEST_CASE_METHOD(knowledge_fixture, "without an earlier answer a source that is down has failed") {
  next = respond(503, "{}");
  const auto found = ask("spooler");
  CHECK(found.status == source_status::failed);
  CHECK(found.hits.empty());
  CHECK(found.error == "the knowledge base answers with status 503");
}

TEST_CASE_METHOD(knowledge_fixture, "a source that stays silent has failed when its time is up") {
  settings.source.articles_timeout = 50ms;
  next.silent = true;
  CHECK(ask("spooler").status == source_status::failed);
}

TEST_CASE_METHOD(knowledge_fixture, "answers get too old even for a source that is down") {
  ask("spooler");
  next = respond(503, "{}");
  time.advance(24h * 8);
  CHECK(ask("spooler").status == source_status::failed);
}

TEST_CASE_METHOD(knowledge_fixture, "a source that fails five times in a row isn't asked for half a minute") {
  next = respond(503, "{}");
  for (int i = 0; i < 5; ++i)
    ask("spooler");
  CHECK(asked() == 5);
  CHECK(ask("spooler").status == source_status::failed);
  CHECK(asked() == 5);
  time.advance(30s);
  next = respond(200, one_article);
  CHECK(ask("spooler").status == source_status::ok);
  CHECK(asked() == 6);
  CHECK(ask("toner").status == source_status::ok);
  CHECK(asked() == 7);
}

TEST_CASE_METHOD(knowledge_fixture, "one failed probe keeps the source unasked for another half minute") {
  next = respond(503, "{}");
  for (int i = 0; i < 5; ++i)
    ask("spooler");
  time.advance(30s);
  ask("spooler");
  ask("spooler");
  CHECK(asked() == 6);
}

TEST_CASE_METHOD(knowledge_fixture, "the answers longest unused are forgotten first") {
  settings.cached_queries = 2;
  ask("spooler");
  ask("toner");
  ask("spooler");
  ask("monitor");
  CHECK(asked() == 3);
  ask("spooler");
  CHECK(asked() == 3);
  ask("toner");
  CHECK(asked() == 4);
}

TEST_CASE_METHOD(knowledge_fixture, "what is under way is answered when the knowledge base ends") {
  next.silent = true;
  open();
  std::promise<search::articles_found> answer;
  auto coming = answer.get_future();
  base->find({"acme", "spooler", "", 3}, [&](search::articles_found found) { answer.set_value(std::move(found)); });
  base.reset();
  REQUIRE(coming.wait_for(0s) == std::future_status::ready);
  CHECK(coming.get().status == source_status::failed);
}

TEST_CASE_METHOD(knowledge_fixture, "an address that isn't http or https is refused") {
  for (const auto* url : {"ftp://kb.example", "kb.example", "", "http://"}) {
    settings.source.articles_url = url;
    CHECK_THROWS_AS(open(), std::invalid_argument);
  }
}
