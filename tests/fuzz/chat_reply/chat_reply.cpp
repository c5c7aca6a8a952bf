// Whatever an OpenAI-compatible provider answers is a reply with text or calls, or a failure with a reason.

#include "net/llm/openai/wire.hpp"
#include "net/llm/provider_error.hpp"
#include "tests/fuzz/chat.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::net::llm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  config::provider_settings settings;
  settings.model = "m";
  settings.api_key = config::secret{"sk-key"};
  const auto response = fuzzing::response_of({reinterpret_cast<const char*>(data), size});
  fuzzing::check(openai::read_reply(response, settings, std::chrono::system_clock::time_point{1'700'000'000s}));
  const auto limits = openai::read_limits(response.headers);
  fuzzing::require(limits.requests.reset >= 0ms && limits.requests.reset <= 24h);
  (void)refuses(response, "max_tokens");
  return 0;
}
