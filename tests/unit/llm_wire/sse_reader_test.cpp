#include "net/llm/sse_reader.hpp"

#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace troupe::net::llm;
using namespace std::string_literals;

namespace {

using events = std::vector<std::pair<std::string, std::string>>;

/// Everything that the bytes hold, given in two pieces.
events read(std::string_view bytes, std::size_t split) {
  sse_reader reader;
  sse_reader::event found;
  events result;
  for (const auto piece : {bytes.substr(0, split), bytes.substr(split)}) {
    const std::string exact{piece}; // gone before the next one comes
    reader.put(exact);
    while (reader.next(found) == sse_reader::step::event)
      result.emplace_back(found.name, found.data);
  }
  return result;
}

events read_bytewise(std::string_view bytes) {
  sse_reader reader;
  sse_reader::event found;
  events result;
  for (const char c : bytes) {
    reader.put({&c, 1});
    while (reader.next(found) == sse_reader::step::event)
      result.emplace_back(found.name, found.data);
  }
  return result;
}

/// Whether the bytes hold these events, wherever they are split.
bool holds(std::string_view bytes, const events& expected) {
  for (std::size_t split = 0; split <= bytes.size(); ++split)
    if (read(bytes, split) != expected) {
      UNSCOPED_INFO("split at " << split);
      return false;
    }
  return read_bytewise(bytes) == expected;
}

} // namespace

TEST_CASE("an event ends with an empty line, however the bytes are split") {
  CHECK(holds("data: one\n\ndata: zwölf 🙂\n\n", {{"", "one"}, {"", "zwölf 🙂"}}));
}

TEST_CASE("lines end with LF, CR or CRLF, mixed at will") {
  CHECK(holds("data: a\r\rdata: b\r\n\r\ndata: c\n\n", {{"", "a"}, {"", "b"}, {"", "c"}}));
  CHECK(holds("data: a\r\n\ndata: b\n\r\ndata: c\r\r\n", {{"", "a"}, {"", "b"}, {"", "c"}}));
}

TEST_CASE("data of several lines is joined by LF") {
  CHECK(holds("data: a\ndata:b\ndata\ndata:  c\n\n", {{"", "a\nb\n\n c"}}));
}

TEST_CASE("events have a name or none") {
  CHECK(holds("event: delta\ndata: a\n\ndata: b\n\n", {{"delta", "a"}, {"", "b"}}));
}

TEST_CASE("comments, unknown fields and events without data are dropped") {
  CHECK(holds(": keep-alive\n\nid: 7\nretry: 10\nnonsense\nevent: empty\n\ndata: a\n: b\n\n", {{"", "a"}}));
}

TEST_CASE("empty data is data") {
  CHECK(holds("data\n\ndata:\n\n", {{"", ""}, {"", ""}}));
}

TEST_CASE("a byte order mark in front is dropped, once") {
  CHECK(holds("\xef\xbb\xbf"
              "data: a\n\n\xef\xbb\xbf"
              "data: b\n\n",
              {{"", "a"}}));
}

TEST_CASE("what isn't ended by an empty line is no event") {
  CHECK(holds("data: a\n\ndata: b\n", {{"", "a"}}));
  CHECK(holds("data: a\n\ndata: b", {{"", "a"}}));
}

TEST_CASE("a line or an event beyond the limit ends the stream") {
  for (const auto& endless : {"data: "s + std::string(100, 'a'), ": "s + std::string(100, 'a'), [] {
                                std::string lines;
                                for (int i = 0; i < 20; ++i)
                                  lines += "data: aaaa\n";
                                return lines;
                              }()})
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, endless.size()}) {
      sse_reader reader{64};
      sse_reader::event found;
      auto last = sse_reader::step::more;
      for (std::size_t at = 0; at < endless.size() && last == sse_reader::step::more; at += size) {
        reader.put(std::string_view{endless}.substr(at, size));
        last = reader.next(found);
      }
      CHECK(last == sse_reader::step::too_large);
      CHECK(reader.next(found) == sse_reader::step::too_large);
    }
}
