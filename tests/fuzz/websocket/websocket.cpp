// A client's bytes: whatever the size of the pieces they come in, the same messages and control frames are read, with
// the same failure, and they keep to the limits. The first byte of an input chooses the size of the pieces.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../require.hpp"
#include "net/websocket/frame_reader.hpp"

namespace {

using namespace troupe::net::websocket;
using troupe::fuzzing::is_utf8;
using troupe::fuzzing::require;
using step = frame_reader::step;

constexpr std::size_t limit = 600;

struct seen {
  step what;
  std::string payload;
  std::uint16_t code = 0;

  bool operator==(const seen&) const = default;
};

void check(const seen& s) {
  switch (s.what) {
  case step::text:
    return require(s.payload.size() <= limit && is_utf8(s.payload));
  case step::binary:
    return require(s.payload.size() <= limit);
  case step::ping:
  case step::pong:
    return require(s.payload.size() <= max_control_payload);
  case step::close:
    return require(is_utf8(s.payload) && (s.code == code::none_given || is_sendable_code(s.code)));
  case step::failed:
    return require(is_sendable_code(s.code) && !s.payload.empty());
  case step::more:
    return require(false);
  }
}

std::vector<seen> read_all(std::string bytes, std::size_t piece) {
  frame_reader reader{limit};
  std::vector<seen> result;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    std::string part = bytes.substr(at, piece); // of its own, so that a sanitizer sees what reads beyond it
    auto* begin = part.data();
    auto size = part.size();
    while (size > 0) {
      std::size_t used = 0;
      const auto what = reader.put(begin, size, used);
      require(used <= size && (used > 0 || what == step::failed));
      if (what != step::more) {
        const bool has_code = what == step::close || what == step::failed;
        result.push_back({what, std::string{reader.payload()}, has_code ? reader.code() : std::uint16_t{0}});
        check(result.back());
      }
      if (what == step::failed)
        return result;
      begin += used;
      size -= used;
    }
    reader.rest();
  }
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  require(read_all(bytes, bytes.size() + 1) == read_all(bytes, 1U + data[0] % 64U));
  return 0;
}
