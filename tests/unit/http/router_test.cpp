#include "net/http/router.hpp"

#include <stdexcept>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "net/http/target.hpp"

using namespace troupe::net::http;

namespace {

handler says(std::string text) {
  return [text](const request&, reply done) { done({200, "text/plain", {}, text}); };
}

handler says_parameters() {
  return [](const request& r, reply done) {
    std::string text;
    for (auto& [name, value] : r.parameters)
      text += name + "=" + value + ";";
    done({200, "text/plain", {}, text});
  };
}

response ask(const router& routes, std::string method, std::string path, std::vector<header> headers = {}) {
  request r;
  r.method = std::move(method);
  r.path = std::move(path);
  r.headers = std::move(headers);
  response result;
  routes.route(r, [&](response answer) { result = std::move(answer); });
  return result;
}

std::string field(const response& r, std::string_view name) {
  for (auto& [key, value] : r.headers)
    if (key == name)
      return value;
  return {};
}

} // namespace

TEST_CASE("a path leads to its handler") {
  router routes;
  routes.add("GET", "/health", says("health"));
  routes.add("GET", "/", says("root"));
  CHECK(ask(routes, "GET", "/health").body == "health");
  CHECK(ask(routes, "GET", "/").body == "root");
}

TEST_CASE("a path that nobody added is unknown") {
  router routes;
  routes.add("GET", "/health", says("health"));
  routes.add("GET", "/jobs/{id}", says_parameters());
  for (auto path : {"/healt", "/health/", "/Health", "/jobs", "/jobs/", "/jobs/1/2", "//health", "/health//"}) {
    CAPTURE(path);
    auto answer = ask(routes, "GET", path);
    CHECK(answer.status == 404);
    CHECK(answer.content_type == "application/problem+json");
  }
}

TEST_CASE("a parameter takes one segment of the path") {
  router routes;
  routes.add("GET", "/tenants/{tenant}/jobs/{id}", says_parameters());
  CHECK(ask(routes, "GET", "/tenants/acme/jobs/42").body == "tenant=acme;id=42;");
}

TEST_CASE("an escaped slash belongs to its segment") {
  router routes;
  routes.add("GET", "/users/{user}/export", says_parameters());
  routes.add("GET", "/users/a/export", says("literal"));
  const std::string slash(1, escaped_slash);
  CHECK(ask(routes, "GET", "/users/acme" + slash + "ann" + slash + "/export").body == "user=acme/ann/;");
  CHECK(ask(routes, "GET", "/users" + slash + "a/export").status == 404);
  CHECK(ask(routes, "GET", "/users/../export").body == "user=..;");
}

TEST_CASE("a literal segment wins over a parameter, whatever the order they were added in") {
  router routes;
  routes.add("GET", "/jobs/{id}", says_parameters());
  routes.add("GET", "/jobs/{id}/steps", says("steps"));
  routes.add("GET", "/jobs/latest", says("latest"));
  routes.add("GET", "/{kind}/x/{id}", says("late"));
  routes.add("GET", "/jobs/x/{id}", says("early"));
  CHECK(ask(routes, "GET", "/jobs/latest").body == "latest");
  CHECK(ask(routes, "GET", "/jobs/7").body == "id=7;");
  CHECK(ask(routes, "GET", "/jobs/7/steps").body == "steps");
  CHECK(ask(routes, "GET", "/jobs/x/1").body == "early");
  CHECK(ask(routes, "GET", "/other/x/1").body == "late");
}

TEST_CASE("a method that a path doesn't know is answered with those that it knows") {
  router routes;
  routes.add("GET", "/jobs", says("list"));
  routes.add("POST", "/jobs", says("added"));
  auto answer = ask(routes, "DELETE", "/jobs");
  CHECK(answer.status == 405);
  CHECK(field(answer, "Allow") == "GET, HEAD, POST");
}

TEST_CASE("HEAD is answered by GET, unless it has a handler of its own") {
  router routes;
  routes.add("GET", "/a", says("get"));
  routes.add("GET", "/b", says("get"));
  routes.add("HEAD", "/b", says("head"));
  CHECK(ask(routes, "HEAD", "/a").body == "get");
  CHECK(ask(routes, "HEAD", "/b").body == "head");
}

TEST_CASE("a body of another media type is refused with the one that is wanted") {
  router routes;
  routes.add("POST", "/jobs", says("added"), "application/json");
  auto status = [&](std::vector<header> headers) { return ask(routes, "POST", "/jobs", std::move(headers)).status; };
  CHECK(status({{"Content-Type", "application/json"}}) == 200);
  CHECK(status({{"content-type", "Application/JSON; charset=utf-8"}}) == 200);
  CHECK(status({{"Content-Type", "application/json"}, {"Content-Encoding", "identity"}}) == 200);
  CHECK(status({}) == 415);
  CHECK(status({{"Content-Type", "application/jsonp"}}) == 415);
  CHECK(status({{"Content-Type", "text/plain"}}) == 415);
  CHECK(status({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}) == 415);
  CHECK(field(ask(routes, "POST", "/jobs"), "Accept") == "application/json");
}

TEST_CASE("parameters of an earlier request don't stay") {
  router routes;
  routes.add("GET", "/jobs/{id}", says_parameters());
  request r;
  r.method = "GET";
  r.path = "/jobs/1";
  r.parameters = {{"id", "of another"}};
  std::string body;
  routes.route(r, [&](response answer) { body = answer.body; });
  CHECK(body == "id=1;");
}

TEST_CASE("routes that could never be reached are refused when they are added") {
  router routes;
  routes.add("GET", "/jobs/{id}", says("x"));
  CHECK_THROWS_AS(routes.add("GET", "/jobs/{id}", says("x")), std::invalid_argument);
  CHECK_THROWS_AS(routes.add("POST", "/jobs/{job}", says("x")), std::invalid_argument);
  CHECK_THROWS_AS(routes.add("GET", "jobs", says("x")), std::invalid_argument);
  CHECK_THROWS_AS(routes.add("GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", says("x")), std::invalid_argument);
  CHECK_NOTHROW(routes.add("POST", "/jobs/{id}", says("x")));
}

TEST_CASE("a path of very many segments is unknown") {
  router routes;
  routes.add("GET", "/jobs/{id}", says("x"));
  std::string path;
  for (int i = 0; i < 5'000; ++i)
    path += "/a";
  CHECK(ask(routes, "GET", path).status == 404);
}
