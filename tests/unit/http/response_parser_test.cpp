#include "net/http/response_parser.hpp"

#include <optional>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace troupe::net::http;
using step = response_parser::step;

namespace {

struct outcome {
  step last = step::more;
  call_response response;
  std::string detail;
  std::string rest;
  bool keep_alive = false;
};

/// @param piece how many bytes come at a time
outcome parse(std::string_view text, std::size_t piece, bool end = false, bool head_only = false,
              std::size_t max_body = 1'000) {
  outcome result;
  response_parser parser{max_body, head_only, result.response};
  std::string waiting;
  for (std::size_t at = 0; at < text.size() && result.last == step::more; at += piece) {
    waiting += text.substr(at, piece);
    std::size_t used = 0;
    result.last = parser.put(waiting, used);
    waiting.erase(0, used);
    if (result.last == step::complete)
      waiting += text.substr(std::min(at + piece, text.size()));
  }
  if (end && result.last == step::more)
    result.last = parser.put_end();
  result.detail = parser.detail();
  result.rest = waiting;
  if (result.last == step::complete)
    result.keep_alive = parser.keep_alive();
  return result;
}

} // namespace

TEST_CASE("a response is read whole or byte by byte") {
  auto piece = GENERATE(1U, 2U, 7U, 10'000U);
  auto counted = parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello", piece);
  CHECK(counted.last == step::complete);
  CHECK(counted.response.status == 200);
  CHECK(counted.response.body == "hello");
  CHECK(counted.response.get("x-a") == "b");
  CHECK(counted.keep_alive);

  auto chunked = parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "3;ext=1\r\nhel\r\n2\r\nlo\r\n0\r\nX-Trailer: x\r\n\r\n",
                       piece);
  CHECK(chunked.last == step::complete);
  CHECK(chunked.response.body == "hello");
  CHECK(chunked.response.get("X-Trailer").empty());

  auto until_end = parse("HTTP/1.1 200 OK\r\n\r\nhello", piece, true);
  CHECK(until_end.last == step::complete);
  CHECK(until_end.response.body == "hello");
  CHECK_FALSE(until_end.keep_alive);

  auto interim = parse("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", piece);
  CHECK(interim.last == step::complete);
  CHECK(interim.response.status == 100);
  CHECK(interim.rest == "HTTP/1.1 200 OK\r\n");
}

TEST_CASE("some responses have no body whatever their fields say") {
  for (auto status : {"204 No Content", "304 Not Modified"}) {
    auto result = parse("HTTP/1.1 " + std::string{status} + "\r\nContent-Length: 5\r\n\r\n", 100);
    CHECK(result.last == step::complete);
    CHECK(result.response.body.empty());
  }
  CHECK(parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 100, false, true).last == step::complete);
}

TEST_CASE("a response that ends too early isn't complete") {
  auto text = GENERATE(as<std::string>{}, "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
                       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  CAPTURE(text);
  CHECK(parse(text, 100, true).last == step::more);
}

TEST_CASE("what isn't HTTP, or more of it than allowed, is refused") {
  auto text = GENERATE(
      as<std::string>{}, "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 600 x\r\n\r\n", "HTTP/1.1 099 x\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n",
      "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3ea\r\n");
  CAPTURE(text);
  auto result = parse(text, 1'000);
  CHECK(result.last == step::refused);
  CHECK_FALSE(result.detail.empty());
}

TEST_CASE("a body without announced length is limited too") {
  CHECK(parse("HTTP/1.1 200 OK\r\n\r\n" + std::string(1'000, 'x'), 64, true).last == step::complete);
  CHECK(parse("HTTP/1.1 200 OK\r\n\r\n" + std::string(1'001, 'x'), 64, true).last == step::refused);
}

TEST_CASE("a head without end is refused") {
  auto piece = GENERATE(1'000U, 1'000'000U);
  CHECK(parse("HTTP/1.1 200 OK\r\nX: " + std::string(response_parser::header_bytes, 'x'), piece).last == step::refused);
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 300; ++i)
    many += "X: y\r\n";
  CHECK(parse(many + "\r\n", piece).last == step::refused);
  CHECK(
      parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(response_parser::header_bytes, 'x'),
            piece)
          .last
      == step::refused);
}
