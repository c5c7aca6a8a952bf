#include "net/http/body_reader.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace troupe::net::http;
using step = body_reader::step;
using framing = body_reader::framing;

TEST_CASE("a message without body is complete at once") {
  body_reader reader;
  reader.begin(framing::none, 0, 10);
  std::size_t used = 7;
  CHECK(reader.put("next", used, nullptr) == step::complete);
  CHECK(used == 0);
}

TEST_CASE("a counted body ends where it was said to") {
  body_reader reader;
  reader.begin(framing::counted, 5, 5);
  std::string body;
  std::size_t used = 0;
  CHECK(reader.put("hel", used, &body) == step::more);
  CHECK(reader.put("lonext", used, &body) == step::complete);
  CHECK(used == 2);
  CHECK(body == "hello");
}

TEST_CASE("a chunked body ends after its trailer") {
  body_reader reader;
  reader.begin(framing::chunked, 0, 10);
  std::string body;
  std::size_t used = 0;
  CHECK(reader.put("0000A \t;x=y\r\n01234", used, &body) == step::more);
  CHECK(used == 18);
  CHECK(reader.put("56789\r\n0\r\nA: b\r\n\r\nnext", used, &body) == step::complete);
  CHECK(used == 18);
  CHECK(body == "0123456789");
}

TEST_CASE("the limit counts what all chunks hold together") {
  body_reader reader;
  reader.begin(framing::chunked, 0, 10);
  std::size_t used = 0;
  std::string body;
  CHECK(reader.put("6\r\n012345\r\n5", used, &body) == step::too_large);
  reader.begin(framing::chunked, 0, UINT64_MAX);
  CHECK(reader.put("fffffffffffffffff", used, &body) == step::too_large);
}

TEST_CASE("a body may have any number of chunks, but not of zeros in front of their size") {
  body_reader reader;
  reader.begin(framing::chunked, 0, UINT64_MAX);
  std::size_t used = 0;
  std::string body;
  for (int i = 0; i < 20'000; ++i)
    REQUIRE(reader.put("1\r\nx\r\n", used, &body) == step::more);
  CHECK(body.size() == 20'000);
  CHECK(reader.put(std::string(10'000, '0'), used, &body) == step::too_wordy);
}

TEST_CASE("a body may end with its input") {
  body_reader reader;
  reader.begin(framing::to_end, 0, 5);
  std::string body;
  std::size_t used = 0;
  CHECK(reader.ends_with_input());
  CHECK(reader.put("hello", used, &body) == step::more);
  CHECK(body == "hello");
  CHECK(reader.put("!", used, &body) == step::too_large);
}
