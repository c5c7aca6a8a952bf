#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "config/secret.hpp"
#include "net/http/client.hpp"
#include "net/llm/chat.hpp"

/// What providers say went wrong, in any of the forms they say it in.
namespace troupe::net::llm {

/// Members are empty where a provider doesn't say.
struct provider_error {
  std::string message;
  std::string type;
  std::string code; ///< or `details.error_code`
  std::string param;
};

/// Reads `{"error": {"message", "type", "code", "param", "details"}}` and what comes close to it: an error that is a
/// text, members without the object around them. Anything else gives an empty one.
provider_error read_error(std::string_view body);

/// Quota or budget is used up: waiting won't help, though the status says 429.
bool is_exhausted(const provider_error& error) noexcept;

/// A line for logs: status, code and type; the provider's own words only for 401, 403 and 404, which speak of key and
/// model rather than of the prompt. Never the key.
std::string describe(unsigned status, const provider_error& error, const config::secret& key);

/// What a response means whose status isn't 2xx.
chat_failure failure_of(const http::call_response& response, const config::secret& key,
                        std::chrono::system_clock::time_point now);

/// What it means that there is no response. All of it may be tried again: a reply changes nothing.
chat_failure failure_of(const http::call_failure& failure);

/// What an error means that comes where a reply was announced: as an event of a stream, or with the status 200.
chat_failure failure_in_stream(std::string_view json, const config::secret& key);

/// Whether a provider refuses the request because of that member.
bool refuses(const http::call_response& response, std::string_view member);

} // namespace troupe::net::llm
