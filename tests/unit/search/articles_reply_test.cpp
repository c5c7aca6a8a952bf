#include "actors/search/articles_reply.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors::search;

TEST_CASE("articles come in an object or as the bare array") {
  for (const auto* body :
       {R"({"articles": [{"id": 7, "title": "A", "summary": "s", "body": "b", "url": "https://kb.example/7"}]})",
        R"([{"id": "7", "title": "A", "summary": "s", "body": "b", "url": "https://kb.example/7", "x": []}])"}) {
    const auto found = parse_articles(body, 3);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(found->at(0).article.id == "7");
    CHECK(found->at(0).article.title == "A");
    CHECK(found->at(0).article.summary == "s");
    CHECK(found->at(0).article.body == "b");
    CHECK(found->at(0).article.url == "https://kb.example/7");
  }
}

TEST_CASE("missing and odd fields are tolerated, nameless articles left out") {
  const auto found =
      parse_articles(R"([{"id": "7"}, {"summary": "s"}, 5, null, {"title": "T", "summary": null, "url": 3}])", 5);
  REQUIRE(found);
  REQUIRE(found->size() == 2);
  CHECK(found->at(0).article.title == "7");
  CHECK(found->at(1).article.title == "T");
  CHECK(found->at(0).score > found->at(1).score);
}

TEST_CASE("only web addresses are passed on") {
  for (const auto* url : {"javascript:alert(1)", "data:text/html,x", "//kb.example", "https://a b", "https://a\\\"b"}) {
    const auto found = parse_articles(std::string{R"([{"title": "T", "url": ")"} + url + "\"}]", 1);
    REQUIRE(found);
    CHECK(found->at(0).article.url.empty());
  }
}

TEST_CASE("no more articles than wanted, no longer texts than bearable") {
  std::string body = "[";
  for (int i = 0; i < 20; ++i)
    body += std::string{i ? "," : ""} + R"({"title": "T", "body": ")" + std::string(30'000, 'x') + "\"}";
  const auto found = parse_articles(body + "]", 3);
  REQUIRE(found);
  CHECK(found->size() == 3);
  CHECK(found->at(0).article.body.size() == 20'000);
}

TEST_CASE("what isn't the expected JSON is told from an empty answer") {
  for (const auto* body : {"", "<html>", "{", "{}", "5", "\"articles\"", R"({"articles": {}})", "[\"\xFF\"]"})
    CHECK_FALSE(parse_articles(body, 3));
  CHECK(parse_articles("[]", 3)->empty());
  CHECK(parse_articles(R"({"articles": []})", 3)->empty());
  CHECK(parse_articles(std::string(100'000, '[') + std::string(100'000, ']'), 3)->empty());
}

TEST_CASE("the question holds the telling words; its key doesn't mind order, forms and chatter") {
  const auto one = article_question("Printer offline", "Hello, the spooler stopped. Please help");
  CHECK(one.text == "Printer offline spooler stopped");
  const auto other = article_question("printers offline", "The spooler stops! Thank you");
  CHECK(one.key == other.key);
  CHECK(article_question("Hello", "please help").text.empty());
  std::string text;
  for (int i = 0; i < 200; ++i)
    text += "telling" + std::to_string(i) + "x ";
  CHECK(article_question("Subject", text).text.size() <= 200);
}
