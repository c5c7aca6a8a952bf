#include "net/websocket/frame.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace troupe::net::websocket;

TEST_CASE("a frame of a server is whole, not masked, and names its length in the shortest way") {
  struct sample {
    std::size_t size;
    std::string head;
  };
  const auto [size, head] =
      GENERATE(sample{0, {"\x81\x00", 2}}, sample{5, {"\x81\x05", 2}}, sample{125, {"\x81\x7d", 2}},
               sample{126, {"\x81\x7e\x00\x7e", 4}}, sample{65'535, {"\x81\x7e\xff\xff", 4}},
               sample{65'536, {"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10}});
  const std::string payload(size, 'x');
  CHECK(make_frame(opcode::text, payload).view() == head + payload);
}

TEST_CASE("a close frame holds code and reason") {
  CHECK(make_close_frame(1001, "bye").view()
        == std::string("\x88\x05\x03\xe9"
                       "bye"));
  CHECK(make_close_frame(code::none_given, "bye").view() == std::string("\x88\x00", 2));
}

TEST_CASE("a code that mustn't be sent becomes an internal error") {
  const std::uint16_t number = GENERATE(0, 999, 1004, 1006, 1015, 2999, 5000);
  CHECK(make_close_frame(number, "").view() == "\x88\x02\x03\xf3");
}

TEST_CASE("a reason that is too long is cut off between two characters") {
  std::string reason;
  while (reason.size() < 130)
    reason += "é"; // 123 bytes fit, of which the last would be half a character
  const auto frame = make_close_frame(1000, reason);
  CHECK(frame.view().substr(4) == reason.substr(0, 122));
}
