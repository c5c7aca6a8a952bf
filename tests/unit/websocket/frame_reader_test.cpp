#include "net/websocket/frame_reader.hpp"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "client_frames.hpp"

using namespace troupe::net::websocket;
using namespace troupe::testing;
using step = frame_reader::step;

namespace {

struct seen {
  step what;
  std::string payload;
  std::uint16_t code = 0;

  bool operator==(const seen&) const = default;
};

/// What a reader makes of bytes that come in pieces.
std::vector<seen> read_all(std::string bytes, std::size_t piece, std::size_t limit = 1 << 20) {
  frame_reader reader{limit};
  std::vector<seen> result;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    auto* begin = bytes.data() + at;
    auto size = std::min(piece, bytes.size() - at);
    while (size > 0) {
      std::size_t used = 0;
      auto what = reader.put(begin, size, used);
      if (what != step::more)
        result.push_back({what, std::string{reader.payload()},
                          what == step::close || what == step::failed ? reader.code() : std::uint16_t{0}});
      if (what == step::failed)
        return result;
      begin += used;
      size -= used;
    }
    reader.rest();
  }
  CHECK_FALSE(reader.is_amid());
  return result;
}

seen failure_of(const std::string& bytes, std::size_t limit = 1 << 20) {
  const auto whole = read_all(bytes, bytes.size(), limit);
  REQUIRE(!whole.empty());
  const auto single = read_all(bytes, 1, limit);
  REQUIRE(!single.empty());
  CHECK(single.back() == whole.back());
  CHECK(whole.back().what == step::failed);
  CHECK(!whole.back().payload.empty());
  return whole.back();
}

} // namespace

TEST_CASE("messages and control frames are read wherever their bytes were cut") {
  const auto bytes =
      write_frame("hello") + write_frame("Grü", {.final = false}) + write_frame("are you there", {.kind = opcode::ping})
      + write_frame("\xc3", {.kind = opcode::continuation, .final = false})
      + write_frame("", {.kind = opcode::continuation, .final = false}) + write_frame("", {.kind = opcode::pong})
      + write_frame("\x9f"
                    "e",
                    {.kind = opcode::continuation})
      + write_frame("") + write_frame(std::string("\0\xff", 2), {.kind = opcode::binary})
      + write_frame(std::string(126, 'x')) + write_close(4401, "token expired");
  const std::vector<seen> expected = {{step::text, "hello"},
                                      {step::ping, "are you there"},
                                      {step::pong, ""},
                                      {step::text, "Grü\u00df"
                                                   "e"},
                                      {step::text, ""},
                                      {step::binary, std::string("\0\xff", 2)},
                                      {step::text, std::string(126, 'x')},
                                      {step::close, "token expired", 4401}};
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece)
    REQUIRE(read_all(bytes, piece) == expected);
}

TEST_CASE("a message of any length is read, whatever the pieces") {
  const std::size_t size = GENERATE(0, 1, 125, 126, 127, 65'535, 65'536, 200'000);
  const std::size_t piece = GENERATE(1, 7, 4'096, 65'536, 1 << 20);
  std::string text;
  for (std::size_t i = 0; i < size; ++i)
    text += static_cast<char>('a' + i % 26);
  CHECK(read_all(write_frame(text), piece) == std::vector<seen>{{step::text, text}});
}

TEST_CASE("what was read holds no memory once it was handled") {
  frame_reader reader{1 << 20};
  auto bytes = write_frame("hello");
  std::size_t used = 0;
  REQUIRE(reader.put(bytes.data(), 3, used) == step::more);
  CHECK(reader.is_amid());
  REQUIRE(reader.put(bytes.data() + 3, bytes.size() - 3, used) == step::text);
  CHECK(reader.payload() == "hello");
  reader.rest();
  CHECK_FALSE(reader.is_amid());
}

TEST_CASE("frames that RFC 6455 rules out fail as protocol errors") {
  const auto bytes = GENERATE(
      write_frame("x", {.reserved = 1}), write_frame("x", {.reserved = 2}), write_frame("x", {.reserved = 4}),
      write_frame("x", {.kind = static_cast<opcode>(3)}), write_frame("x", {.kind = static_cast<opcode>(7)}),
      write_frame("x", {.kind = static_cast<opcode>(11)}), write_frame("x", {.kind = static_cast<opcode>(15)}),
      write_frame("hello", {.masked = false}), write_frame("x", {.kind = opcode::ping, .final = false}),
      write_frame(std::string(126, 'x'), {.kind = opcode::ping}), write_frame("x", {.kind = opcode::continuation}),
      write_frame("a", {.final = false}) + write_frame("b"), write_frame("hello", {.length_bytes = 2}),
      write_frame("hello", {.length_bytes = 8}), write_frame(std::string(126, 'x'), {.length_bytes = 8}),
      write_frame("x", {.kind = opcode::close}), write_close(999), write_close(1004), write_close(1005),
      write_close(1006), write_close(1015), write_close(2'000), write_close(5'000), write_close(65'535));
  CHECK(failure_of(bytes).code == code::protocol_error);
}

TEST_CASE("a length with its highest bit set is a protocol error, not a size") {
  const std::string bytes = "\x81\xff\x80" + std::string(7 + 4, '\0');
  CHECK(failure_of(bytes).code == code::protocol_error);
}

TEST_CASE("text that isn't UTF-8 fails as such") {
  const auto bytes =
      GENERATE(write_frame("\xff"), write_frame("cut \xe2\x82"), write_frame("\xed\xa0\x80"),
               write_frame("\xe2\x82", {.final = false}) + write_frame("(", {.kind = opcode::continuation}),
               write_frame("\xe2\x82", {.final = false}) + write_frame("", {.kind = opcode::continuation}),
               write_frame("ok", {.final = false}) + write_frame("\xc0", {.kind = opcode::continuation}),
               write_close(1000, "\xff"), write_close(1000, "cut \xe2\x82"));
  CHECK(failure_of(bytes).code == code::invalid_text);
}

TEST_CASE("bad UTF-8 is found before the message has ended") {
  auto bytes = write_frame("\xf4\x90" + std::string(1'000, 'x'), {.final = false}).substr(0, 10);
  CHECK(failure_of(bytes).code == code::invalid_text);
}

TEST_CASE("a message over the limit fails as soon as a frame announces it") {
  CHECK(failure_of(write_frame(std::string(101, 'x')).substr(0, 6), 100).code == code::too_large);
  CHECK(failure_of(write_frame(std::string(60, 'x'), {.final = false})
                       + write_frame(std::string(41, 'x'), {.kind = opcode::continuation}).substr(0, 6),
                   100)
            .code
        == code::too_large);
  CHECK(failure_of("\x81\xff\x7f" + std::string(7 + 4, '\xff'), 100).code == code::too_large);
  CHECK(read_all(write_frame(std::string(60, 'x'), {.final = false})
                     + write_frame(std::string(40, 'x'), {.kind = opcode::continuation}),
                 1'000, 100)
        == std::vector<seen>{{step::text, std::string(100, 'x')}});
}

TEST_CASE("after a failure nothing is read any more") {
  frame_reader reader{100};
  auto bad = write_frame("x", {.masked = false});
  std::size_t used = 0;
  REQUIRE(reader.put(bad.data(), bad.size(), used) == step::failed);
  auto good = write_frame("hello");
  CHECK(reader.put(good.data(), good.size(), used) == step::failed);
  CHECK(used == 0);
}
