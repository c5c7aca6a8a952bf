// The way of bytes from a peer to a response, in pieces of any size. The first byte of an input chooses the size.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string>
#include <string_view>

#include "net/http/response_parser.hpp"

namespace {

using namespace troupe::net::http;

void require(bool holds, std::source_location where = std::source_location::current()) {
  if (holds)
    return;
  std::fprintf(stderr, "line %u doesn't hold\n", static_cast<unsigned>(where.line()));
  std::abort();
}

struct outcome {
  response_parser::step last = response_parser::step::more;
  call_response response;
};

constexpr std::size_t max_body = 1'024;

outcome read(std::string_view text, std::size_t piece, bool head_only) {
  outcome result;
  response_parser parser{max_body, head_only, result.response};
  std::string waiting;
  for (std::size_t at = 0; at < text.size() && result.last == response_parser::step::more; at += piece) {
    waiting += text.substr(at, piece);
    std::size_t used = 0;
    result.last = parser.put(waiting, used);
    require(used <= waiting.size());
    waiting.erase(0, used);
  }
  if (result.last == response_parser::step::more)
    result.last = parser.put_end();
  require(result.response.body.size() <= max_body);
  if (result.last == response_parser::step::refused)
    require(!parser.detail().empty());
  if (result.last == response_parser::step::complete)
    require(result.response.status >= 100 && result.response.status <= 599);
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  bool head_only = (data[0] & 0x80U) != 0;
  auto whole = read(text, text.size() + 1, head_only);
  auto pieces = read(text, 1U + data[0] % 64U, head_only);
  require((whole.last == response_parser::step::complete) == (pieces.last == response_parser::step::complete));
  if (whole.last == response_parser::step::complete) {
    require(whole.response.status == pieces.response.status && whole.response.body == pieces.response.body
            && whole.response.headers == pieces.response.headers);
  }
  return 0;
}
