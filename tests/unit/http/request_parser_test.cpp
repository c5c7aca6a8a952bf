#include "net/http/request_parser.hpp"

#include <algorithm>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace troupe::net::http;
using step = request_parser::step;

namespace {

struct outcome {
  step last = step::more;
  request read;
  unsigned status = 0;
  std::string rest;
  bool keep_alive = false;
  bool expects_continue = false;
};

/// @param piece how many bytes come at a time
outcome parse(std::string_view text, std::size_t piece = 100'000, request_parser::limits limits = {}) {
  outcome result;
  request_parser parser{limits, result.read};
  std::string waiting;
  std::size_t at = 0;
  while (result.last == step::more || result.last == step::head) {
    if (result.last == step::more) {
      if (at >= text.size())
        break;
      waiting += text.substr(at, piece);
      at += piece;
    }
    std::size_t used = 0;
    result.last = parser.put(waiting, used);
    waiting.erase(0, used);
  }
  result.status = parser.status();
  result.rest = waiting;
  if (result.last == step::complete) {
    result.keep_alive = parser.keep_alive();
    result.expects_continue = parser.expects_continue();
  }
  return result;
}

constexpr std::string_view post = "POST /webhook/servicedesk?x=%41 HTTP/1.1\r\n"
                                  "Host: localhost:8080\r\n"
                                  "Content-Type: application/json\r\n"
                                  "X-Request-Id: abc-1\r\n"
                                  "Content-Length: 13\r\n"
                                  "\r\n"
                                  "{\"a\": \"body\"}";

} // namespace

TEST_CASE("a request is read whole or in pieces of any size") {
  auto piece = GENERATE(1U, 2U, 3U, 5U, 17U, 64U, 100'000U);
  auto result = parse(post, piece);
  REQUIRE(result.last == step::complete);
  CHECK(result.read.method == "POST");
  CHECK(result.read.path == "/webhook/servicedesk");
  CHECK(result.read.query == "x=%41");
  CHECK(result.read.headers
        == std::vector<header>{{"Host", "localhost:8080"},
                               {"Content-Type", "application/json"},
                               {"X-Request-Id", "abc-1"},
                               {"Content-Length", "13"}});
  CHECK(result.read.body == "{\"a\": \"body\"}");
  CHECK(result.read.id == "abc-1");
  CHECK(result.keep_alive);
}

TEST_CASE("bytes after a request belong to the next") {
  auto result = parse(std::string{post} + "GET / HTTP/1.1\r\n");
  CHECK(result.last == step::complete);
  CHECK(result.rest == "GET / HTTP/1.1\r\n");
}

TEST_CASE("a chunked body is put together, and its trailer ignored") {
  auto piece = GENERATE(1U, 3U, 100'000U);
  auto result = parse("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
                      "5\r\nhello\r\n1;a=\"b\"\r\n \r\nA\r\n0123456789\r\n0\r\n"
                      "X-Request-Id: from-the-trailer\r\nAuthorization: Bearer x\r\n\r\nrest",
                      piece);
  REQUIRE(result.last == step::complete);
  CHECK(result.read.body == "hello 0123456789");
  CHECK(result.read.headers.size() == 2);
  CHECK(result.read.id != "from-the-trailer");
  CHECK(std::string_view{"rest"}.starts_with(result.rest));
}

TEST_CASE("what an earlier request left in the object doesn't show") {
  request reused;
  reused.body = "old";
  reused.id = "old";
  reused.parameters = {{"old", "old"}};
  reused.headers = {{"Old-1", "a"}, {"Old-2", "b"}, {"Old-3", "c"}};
  request_parser parser{{}, reused};
  std::size_t used = 0;
  std::string_view text = "GET /x HTTP/1.1\r\nHost: y\r\n\r\n";
  REQUIRE(parser.put(text, used) == step::head);
  CHECK(used == text.size());
  CHECK(parser.put({}, used) == step::complete);
  CHECK(reused.headers == std::vector<header>{{"Host", "y"}});
  CHECK(reused.body.empty());
  CHECK(reused.query.empty());
  CHECK(reused.parameters.empty());
  CHECK(reused.id != "old");
}

TEST_CASE("a correlation id is taken when it is well-formed and given once, else made") {
  auto id = [](std::string fields) { return parse("GET / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n").read.id; };
  CHECK(id("x-request-ID: A.b_c-9\r\n") == "A.b_c-9");
  CHECK(id("").size() == 15);
  CHECK(id("X-Request-Id:\r\n").size() == 15);
  CHECK(id("X-Request-Id: a b\r\n").size() == 15);
  CHECK(id("X-Request-Id: " + std::string(129, 'a') + "\r\n").size() == 15);
  CHECK(id("X-Request-Id: a\r\nX-Request-Id: b\r\n").size() == 15);
}

TEST_CASE("a connection is kept as the version and the Connection field say") {
  auto keeps = [](std::string line, std::string fields) {
    return parse("GET / " + line + "\r\nHost: x\r\n" + fields + "\r\n").keep_alive;
  };
  CHECK(keeps("HTTP/1.1", ""));
  CHECK_FALSE(keeps("HTTP/1.1", "Connection: close\r\n"));
  CHECK_FALSE(keeps("HTTP/1.1", "Connection: x, Close\r\n"));
  CHECK_FALSE(keeps("HTTP/1.0", ""));
  CHECK(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST_CASE("a client of HTTP/1.1 may wait to be asked for its body") {
  std::string rest = "Host: x\r\nContent-Length: 0\r\nExpect: 100-Continue\r\n\r\n";
  CHECK(parse("POST / HTTP/1.1\r\n" + rest).expects_continue);
  CHECK_FALSE(parse("POST / HTTP/1.0\r\n" + rest).expects_continue);
}

TEST_CASE("HTTP/1.0 needs no Host") {
  CHECK(parse("GET / HTTP/1.0\r\n\r\n").last == step::complete);
}

TEST_CASE("a request that two programs could read differently is refused") {
  auto text = GENERATE(
      as<std::string>{},
      // two lengths, or odd ones
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3 3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
      // other transfer codings
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      // lines
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA:\r\n b\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA: \r\n \r\n\r\n",
      "GET / HTTP/1.1\r\n Host: x\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\n",
      "\nGET / HTTP/1.1\r\n",
      // names and values
      "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\nabc",
      "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA(b: c\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA\xc3\xa9: c\r\n\r\n",
      std::string{"GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 36}, "GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: \x7f\r\n\r\n",
      // hosts
      "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: u@b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
      // request lines
      "GET ftp://other/ HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /a%01b HTTP/1.1\r\nHost: x\r\n\r\n", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /  HTTP/1.1\r\nHost: x\r\n\r\n", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
      "GET /\r\n\r\n", "GET / HTTP/1.2\r\n\r\n", "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
      "GET / http/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1x\r\nHost: x\r\n\r\n", "GET / HTTP/01.1\r\nHost: x\r\n\r\n",
      "G(T / HTTP/1.1\r\nHost: x\r\n\r\n", " GET / HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11},
      // chunks
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\na\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n;a\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nb\r\na\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\r",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA b: c\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: ,;\r\n\r\n");
  auto piece = GENERATE(1U, 100'000U);
  CAPTURE(text, piece);
  auto result = parse(text, piece);
  CHECK(result.last == step::refused);
  CHECK(result.status == 400);
  CHECK_FALSE(result.read.id.empty());
}

TEST_CASE("an unknown expectation is refused") {
  CHECK(parse("POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n").status == 417);
}

TEST_CASE("too much of anything is refused with its status") {
  auto piece = GENERATE(1U, 7U, 100'000U);
  request_parser::limits limits;
  limits.header = 500;
  limits.target = 100;
  limits.fields = 5;
  limits.body = 50;
  auto status = [&](std::string text) { return parse(text, piece, limits).status; };
  std::string line = "POST / HTTP/1.1\r\nHost: x\r\n";
  CHECK(status("POST /" + std::string(99, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n") == 0);
  CHECK(status("POST /" + std::string(100, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n") == 414);
  CHECK(status("POST /" + std::string(600, 'a')) == 414);
  CHECK(status(line + "A: " + std::string(600, 'a')) == 431);
  CHECK(status(line + "A: " + std::string(300, 'a') + "\r\nB: " + std::string(300, 'a') + "\r\n\r\n") == 431);
  CHECK(status(line + "A:1\r\nA:2\r\nA:3\r\nA:4\r\n\r\n") == 0);
  CHECK(status(line + "A:1\r\nA:2\r\nA:3\r\nA:4\r\nA:5\r\n\r\n") == 431);
  CHECK(status(line + "Content-Length: 50\r\n\r\n" + std::string(50, 'a')) == 0);
  CHECK(status(line + "Content-Length: 51\r\n\r\n") == 413);
  CHECK(status(line + "Transfer-Encoding: chunked\r\n\r\n32\r\n" + std::string(50, 'a') + "\r\n1\r\n") == 413);
  CHECK(status(line + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n") == 413);
  CHECK(status(line + "Transfer-Encoding: chunked\r\n\r\n10000000000000001\r\n") == 413);
  CHECK(status(line + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(9'000, 'a')) == 431);
  CHECK(status(line + "Transfer-Encoding: chunked\r\n\r\n" + std::string(9'000, '0')) == 431);
  CHECK(status(line + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(9'000, 'a')) == 431);
}

TEST_CASE("a head of exactly the limit is read") {
  std::string text = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
  text += std::string(200 - text.size() - 4, 'a') + "\r\n\r\n";
  request_parser::limits limits;
  auto piece = GENERATE(1U, 100'000U);
  limits.header = 200;
  CHECK(parse(text, piece, limits).last == step::complete);
  limits.header = 199;
  CHECK(parse(text, piece, limits).status == 431);
}

TEST_CASE("a discarded body is read and dropped") {
  request into;
  request_parser parser{{}, into};
  std::size_t used = 0;
  std::string_view text = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
  REQUIRE(parser.put(text, used) == step::head);
  parser.discard_body();
  CHECK(parser.put(text.substr(used), used) == step::complete);
  CHECK(into.body.empty());
}
