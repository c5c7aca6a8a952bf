#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "net/http/client.hpp"
#include "net/llm/chat.hpp"

/// What goes over the wire to an OpenAI-compatible provider and what comes back. No I/O.
namespace troupe::net::llm::openai {

/// The member that limits a reply's length. Providers know one or the other.
enum class length_member : std::uint8_t { max_tokens, max_completion_tokens };

std::string_view name_of(length_member m) noexcept;

/// The one that the provider at this address is expected to know.
length_member usual_length_member(std::string_view base_url) noexcept;

/// The member that asks for the number of tokens at a stream's end. Not every provider knows it.
inline constexpr std::string_view stream_options = "stream_options";

/// The header field that shows the key; none without a key.
std::vector<http::header> key_header(const config::secret& key);

/// The body of `POST /chat/completions`.
/// @param wants_usage of a streamed reply: send `stream_options`
std::string chat_body(const chat_request& request, const config::provider_settings& settings, length_member length,
                      bool wants_usage = true);

/// What a provider's answer means. Text is trimmed; what a model thought aloud in front of it (`<think>…</think>`) is
/// dropped. Details name status, code and type; a provider's own words only where they can't quote the prompt.
chat_result read_reply(const http::call_response& response, const config::provider_settings& settings,
                       std::chrono::system_clock::time_point now);

/// The limits that `x-ratelimit-*` tell of, whose times are durations: `6m0s`, `12ms`, or plain seconds.
rate_limits read_limits(const std::vector<http::header>& headers);

} // namespace troupe::net::llm::openai
