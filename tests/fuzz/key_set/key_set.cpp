// Key sets come from an issuer over the network: whatever one holds, what is used is within bounds, and what isn't has
// a reason.

#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>

#include "net/key_set.hpp"
#include "tests/fuzz/require.hpp"

using namespace troupe::net::jwt;
using troupe::fuzzing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  std::optional<key_set> keys;
  try {
    keys.emplace(text);
  } catch (const std::invalid_argument& why) {
    require(*why.what() != 0);
    return 0;
  }
  require(keys->size() <= key_set::limit && keys->left_out().size() <= key_set::limit);
  for (const auto& [name, reason] : keys->left_out())
    require(name.size() <= 256 && !reason.empty());
  for (const auto how : {algorithm::rs256, algorithm::es256, algorithm::ed25519})
    for (const auto& kid : {std::optional<std::string_view>{}, std::optional<std::string_view>{"a"}})
      if (const auto* key = keys->find(how, kid)) {
        require(key->algorithm() == how);
        require(!key->verifies("text", std::string(64, '\0')) && !key->verifies("text", text));
      }
  return 0;
}
