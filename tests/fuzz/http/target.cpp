// Decoding of request targets: what comes out is a path that is safe to route and to log.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string>
#include <string_view>

#include "config/utf8.hpp"
#include "net/http/target.hpp"

namespace {

using namespace troupe::net::http;
using troupe::config::is_utf8;

void require(bool holds, std::source_location where = std::source_location::current()) {
  if (holds)
    return;
  std::fprintf(stderr, "line %u doesn't hold\n", static_cast<unsigned>(where.line()));
  std::abort();
}

void check_path(std::string_view path) {
  require(path.starts_with('/'));
  require(is_utf8(path));
  for (const char c : path)
    require((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == escaped_slash);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  std::string path;
  std::string query;
  if (decode_target(text, path, query).empty()) {
    check_path(path);
    for (const std::string_view dots : {"/./", "/../"}) // unescaped
      require(text.substr(0, text.find('?')).find(dots) == text.npos);
    require(path.size() + query.size() <= text.size());
    require(percent_decode(query, true).has_value());
    require(is_utf8(query_value(query, "a")));
  }
  for (bool plus : {false, true})
    if (auto decoded = percent_decode(text, plus))
      require(is_utf8(*decoded) && decoded->find('\0') == decoded->npos);
  query_value(text, "name");
  return 0;
}
