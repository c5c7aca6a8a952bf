// Whatever Anthropic answers is a reply with text or calls, or a failure with a reason.

#include "net/llm/anthropic/wire.hpp"
#include "tests/fuzz/chat.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::net::llm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::chrono::system_clock::time_point now{1'700'000'000s};
  config::provider_settings settings;
  settings.model = "m";
  settings.api_key = config::secret{"sk-key"};
  const auto response = fuzzing::response_of({reinterpret_cast<const char*>(data), size});
  fuzzing::check(anthropic::read_reply(response, settings, now));
  const auto limits = anthropic::read_limits(response.headers, now);
  fuzzing::require(limits.requests.reset >= 0ms && limits.requests.reset <= 24h);
  return 0;
}
