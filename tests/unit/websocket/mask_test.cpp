#include "net/websocket/mask.hpp"

#include <cstring>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

using troupe::net::websocket::apply_mask;

TEST_CASE("a mask is applied byte by byte, wherever the bytes were cut") {
  const char mask_bytes[] = {'\x37', '\xfa', '\x21', '\x3d'};
  std::uint32_t mask;
  std::memcpy(&mask, mask_bytes, 4);
  std::string text;
  std::string expected;
  for (int i = 0; i < 37; ++i) {
    text += static_cast<char>(i * 7);
    expected += static_cast<char>(text.back() ^ mask_bytes[i % 4]);
  }
  const auto cut = static_cast<std::size_t>(GENERATE(range(0, 38)));
  const auto rest = apply_mask(text.data(), cut, mask);
  apply_mask(text.data() + cut, text.size() - cut, rest);
  CHECK(text == expected);
}
