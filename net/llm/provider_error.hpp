#pragma once

#include <string>
#include <string_view>

#include "config/secret.hpp"

namespace troupe::net::llm {

/// What a provider says went wrong. Members are empty where it doesn't say.
struct provider_error {
  std::string message;
  std::string type;
  std::string code;
  std::string param;
};

/// Reads `{"error": {"message", "type", "code", "param"}}` and what comes close to it: an error that is a text,
/// members without the object around them. Anything else gives an empty one.
provider_error read_error(std::string_view body);

/// Quota or budget is used up: waiting won't help, though the status says 429.
bool is_exhausted(const provider_error& error) noexcept;

/// A line for logs: status, code and type; the provider's own words only for 401, 403 and 404, which speak of key and
/// model rather than of the prompt. Never the key.
std::string describe(unsigned status, const provider_error& error, const config::secret& key);

} // namespace troupe::net::llm
