#include "net/http/message.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace troupe::net::http;

TEST_CASE("a problem has the members of RFC 9457 and the correlation id") {
  auto answer = problem(400, "The body isn't JSON.", "abc123");
  CHECK(answer.status == 400);
  CHECK(answer.content_type == "application/problem+json");
  CHECK(nlohmann::json::parse(answer.body)
        == nlohmann::json{{"type", "about:blank"},
                          {"title", "Bad Request"},
                          {"status", 400},
                          {"detail", "The body isn't JSON."},
                          {"correlation_id", "abc123"}});
}

TEST_CASE("a problem lists every fault with its pointer") {
  auto answer = problem(400, "Two fields are wrong.", "x",
                        {{"/priority", "must be low, medium, high or critical"}, {"/a~1b/0", "must be a string"}});
  auto errors = nlohmann::json::parse(answer.body).at("errors");
  CHECK(errors
        == nlohmann::json::array({{{"pointer", "/priority"}, {"message", "must be low, medium, high or critical"}},
                                  {{"pointer", "/a~1b/0"}, {"message", "must be a string"}}}));
}

TEST_CASE("every text fits into a problem") {
  std::string all;
  for (int c = 0; c < 128; ++c)
    all += static_cast<char>(c);
  all += "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82";
  CHECK(nlohmann::json::parse(problem(400, all, all, {{all, all}}).body).at("detail") == all);
}

TEST_CASE("what isn't UTF-8 is replaced in a problem") {
  auto text = problem(400,
                      "a\xff"
                      "b\xc3(\xe2\x82",
                      "x")
                  .body;
  CHECK(nlohmann::json::parse(text).at("detail")
        == "a\xef\xbf\xbd"
           "b\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("a status without a name still has a title") {
  CHECK(nlohmann::json::parse(problem(499, "x", "y").body).at("title") == "Client Error");
  CHECK(nlohmann::json::parse(problem(599, "x", "y").body).at("title") == "Server Error");
}
