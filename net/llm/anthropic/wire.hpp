#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "net/http/client.hpp"
#include "net/llm/chat.hpp"

/// What goes over the wire to Anthropic's Messages API and what comes back. No I/O.
namespace troupe::net::llm::anthropic {

/// The member that asks for a reply by a schema. A model may not know it, or parts of the schema.
inline constexpr std::string_view output_config = "output_config";

/// The header fields that show key and version.
std::vector<http::header> fixed_headers(const config::provider_settings& settings);

/// The body of `POST /messages`. What a system says goes in front of all turns, marked as what the provider may keep in
/// its cache of prompts where the settings say so; temperature goes only where the settings' version accepts it.
/// @param wants_schema ask for the request's schema
std::string messages_body(const chat_request& request, const config::provider_settings& settings,
                          bool wants_schema = true);

/// What a provider's answer means. Text is trimmed, thoughts are dropped. Details name status and type; a provider's
/// own words only where they can't quote the prompt.
chat_result read_reply(const http::call_response& response, const config::provider_settings& settings,
                       std::chrono::system_clock::time_point now);

/// Why a reply ended, in the words of `chat_reply`.
std::string_view finish_reason_of(std::string_view stop_reason) noexcept;

/// The limits that `anthropic-ratelimit-*` tell of, whose times are moments as RFC 3339 has them.
rate_limits read_limits(const std::vector<http::header>& headers, std::chrono::system_clock::time_point now);

} // namespace troupe::net::llm::anthropic
