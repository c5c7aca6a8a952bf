// The way of bytes from the socket to a request: whatever the size of the pieces they come in, the same requests are
// read, and they keep to the limits. The first byte of an input chooses the size of the pieces.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/request_id.hpp"
#include "net/http/request_parser.hpp"
#include "net/http/router.hpp"

namespace {

using namespace troupe::net::http;

struct read_request {
  std::string method;
  std::string path;
  std::string query;
  std::vector<header> headers;
  std::string body;
  bool keep_alive = false;

  bool operator==(const read_request&) const = default;
};

void require(bool holds, std::source_location where = std::source_location::current()) {
  if (holds)
    return;
  std::fprintf(stderr, "line %u doesn't hold\n", static_cast<unsigned>(where.line()));
  std::abort();
}

constexpr request_parser::limits limits{512, 128, 16, 1'024};

void check(const request& r) {
  require(r.path.starts_with('/'));
  require(r.headers.size() <= limits.fields);
  require(r.body.size() <= limits.body);
  require(is_request_id(r.id));
  require(r.count("Content-Length") <= 1 && r.count("Transfer-Encoding") <= 1 && r.count("Host") <= 1);
  require(r.count("Content-Length") + r.count("Transfer-Encoding") <= 1);
  for (auto& [name, value] : r.headers) {
    require(!name.empty() && name.find_first_of(" \t\r\n:") == name.npos);
    require(value.find_first_of("\r\n") == value.npos && value.find('\0') == value.npos);
  }
}

/// As a connection does it: bytes that weren't used stay in front of those that follow.
std::vector<read_request> read_all(std::string_view text, std::size_t piece) {
  std::vector<read_request> result;
  std::string waiting;
  std::size_t at = 0;
  request r;
  while (result.size() < 100) {
    request_parser parser{limits, r};
    auto step = request_parser::step::more;
    bool starved = waiting.empty();
    while (step == request_parser::step::more || step == request_parser::step::head) {
      if (starved && at < text.size()) {
        waiting += text.substr(at, piece);
        at += std::min(piece, text.size() - at);
      } else if (starved) {
        return result;
      }
      std::size_t used = 0;
      step = parser.put(waiting, used);
      require(used <= waiting.size());
      waiting.erase(0, used);
      starved = step == request_parser::step::more;
      require(waiting.size() <= limits.header + piece || step != request_parser::step::more);
    }
    if (step == request_parser::step::refused) {
      require(parser.status() >= 400 && !parser.detail().empty() && is_request_id(r.id));
      return result;
    }
    check(r);
    result.push_back({r.method, r.path, r.query, r.headers, r.body, parser.keep_alive()});
    if (waiting.empty() && at == text.size())
      return result;
  }
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  // Refusals aren't compared: in pieces a fault may be found only once the head is complete.
  auto whole = read_all(text, text.size() + 1);
  auto pieces = read_all(text, 1U + data[0] % 64U);
  require(whole == pieces);
  return 0;
}
