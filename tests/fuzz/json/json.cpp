// Our reader and another parser agree on what JSON is, and what we write they both read.

#include <cstdint>

#include <nlohmann/json.hpp>

#include "net/json/reader.hpp"
#include "net/json/writer.hpp"
#include "tests/fuzz/require.hpp"

using namespace troupe::net::json;
using troupe::fuzzing::require;

namespace {

/// The other parser refuses numbers that no double holds.
bool may_overflow(std::string_view text) {
  std::size_t digits = 0;
  bool in_exponent = false;
  for (const auto c : text) {
    const auto is_digit = c >= '0' && c <= '9';
    digits = is_digit ? digits + 1 : 0;
    in_exponent = c == 'e' || c == 'E' || (in_exponent && (is_digit || c == '+' || c == '-'));
    if (digits > (in_exponent ? 2U : 250U))
      return true;
  }
  return false;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  reader in{text, strictness::lenient, reader::depth_limit};
  in.skip();
  const auto good = in.finish();
  reader strict{text};
  strict.skip();
  const auto good_strictly = strict.finish();
  require(good || !good_strictly);
  if (!good_strictly)
    require(!strict.failure()->message.empty() && strict.failure()->offset <= size);
  // The other parser has no limit of depth, takes NUL for the end and a byte order mark for nothing; of what only the
  // lenient reader takes it knows repeated names, but no half surrogate pairs.
  const auto comparable = !may_overflow(text) && text.find('\0') == text.npos && !text.starts_with("\xef")
                          && (good || in.failure()->message.find("nested deeper") == std::string::npos);
  if (comparable && good == good_strictly)
    require(good == nlohmann::json::accept(text));
  const auto written = literal(text);
  require(nlohmann::json::accept(written));
  reader again{written, strictness::lenient};
  const auto back = again.string();
  require(again.finish() || !again.failed());
  if (troupe::fuzzing::is_utf8(text) && text.find('\0') == text.npos)
    require(back == text);
  return 0;
}
