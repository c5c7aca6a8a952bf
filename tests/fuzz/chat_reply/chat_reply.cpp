// Whatever a provider answers is a reply with text, or a failure with a reason.

#include <cstdint>

#include "net/llm/openai_wire.hpp"
#include "tests/fuzz/require.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::net;
using namespace troupe::net::llm;
using fuzzing::is_utf8;
using fuzzing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr unsigned statuses[] = {200, 200, 200, 400, 401, 404, 429, 500};
  config::provider_settings settings;
  settings.model = "m";
  settings.api_key = config::secret{"sk-key"};
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  http::call_response response;
  response.status = size > 0 ? statuses[data[0] % 8] : 200;
  response.body = text.substr(size > 0 ? 1 : 0);
  response.headers = {{"Retry-After", std::string{text.substr(0, 30)}}, {"retry-after-ms", response.body.substr(0, 9)}};
  const auto result = read_reply(response, settings, std::chrono::system_clock::time_point{1'700'000'000s});
  if (const auto* reply = std::get_if<chat_reply>(&result)) {
    require(response.status == 200 && !reply->text.empty() && is_utf8(reply->text) && is_utf8(reply->model));
    require(reply->text.find('\0') == reply->text.npos && !reply->model.empty());
  } else {
    const auto& failure = std::get<chat_failure>(result);
    require(!failure.detail.empty() && failure.detail.size() < 600);
    require(failure.detail.find("sk-key") == failure.detail.npos);
    require(!failure.retry_after || (*failure.retry_after >= 0ms && *failure.retry_after <= 300s));
  }
  (void)refuses(response, name_of(length_member::max_tokens));
  return 0;
}
