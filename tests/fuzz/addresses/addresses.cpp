// Whatever the text, what is found is canonical, comes once and isn't more than was asked for.

#include <algorithm>
#include <cstdint>

#include "net/addresses.hpp"
#include "tests/fuzz/require.hpp"

using namespace troupe::net;
using troupe::fuzzing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto found = find_addresses(text, 8);
  require(found.size() <= 8);
  for (const auto& address : found) {
    require(canonical_address(address) == address);
    require(std::count(found.begin(), found.end(), address) == 1);
  }
  const auto canonical = canonical_address(text);
  require(canonical.empty() || canonical_address(canonical) == canonical);
  return 0;
}
