// Of all tokens only one that was signed verifies, and only as it was signed.

#include <cstdint>

#include "net/jwt.hpp"
#include "tests/fuzz/require.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::net;
using fuzzing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const jwt::unix_seconds now{1'700'000'000s};
  static const auto settings = [] {
    config::jwt_settings result;
    result.secret = config::secret{"the secret of the corpus"};
    return result;
  }();
  static const auto original = [] {
    jwt::claims what;
    what.sub = "alice";
    what.tenant = "acme";
    what.exp = now + 1h;
    return what;
  }();
  static const auto token = jwt::mint(original, settings.secret);
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto result = jwt::verify(text, settings, now);
  if (const auto* claims = std::get_if<jwt::claims>(&result))
    require(text == token && *claims == original);
  else
    require(!std::get<jwt::refusal>(result).reason.empty());

  auto what = original;
  what.sub += text.substr(0, 200);
  if (!jwt::fault_of_user(what.sub).empty())
    return 0;
  const auto own = jwt::verify(jwt::mint(what, settings.secret), settings, now);
  if (fuzzing::is_utf8(what.sub))
    require(std::holds_alternative<jwt::claims>(own) && std::get<jwt::claims>(own) == what);
  return 0;
}
