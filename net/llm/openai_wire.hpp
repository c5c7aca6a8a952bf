#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "net/http/client.hpp"
#include "net/llm/chat.hpp"

/// What goes over the wire to an OpenAI-compatible provider and what comes back. No I/O.
namespace troupe::net::llm {

/// The member that limits a reply's length. Providers know one or the other.
enum class length_member : std::uint8_t { max_tokens, max_completion_tokens };

std::string_view name_of(length_member m) noexcept;

/// The one that the provider at this address is expected to know.
length_member usual_length_member(std::string_view base_url) noexcept;

/// The member that asks for the number of tokens at a stream's end. Not every provider knows it.
inline constexpr std::string_view stream_options = "stream_options";

/// The body of `POST /chat/completions`.
/// @param wants_usage of a streamed reply: send `stream_options`
std::string chat_body(const chat_request& request, const config::provider_settings& settings, length_member length,
                      bool wants_usage = true);

/// What a provider's answer means. Text is trimmed; what a model thought aloud in front of it (`<think>…</think>`) is
/// dropped. Details name status, code and type; a provider's own words only where they can't quote the prompt.
chat_result read_reply(const http::call_response& response, const config::provider_settings& settings,
                       std::chrono::system_clock::time_point now);

/// What it means that there is no answer. All of it may be tried again: a completion changes nothing.
chat_failure failure_of(const http::call_failure& failure);

/// What an error means that comes as an event of a stream.
chat_failure failure_in_stream(std::string_view event, const config::secret& key);

/// Whether a provider refuses the request because of that member.
bool refuses(const http::call_response& response, std::string_view member);

} // namespace troupe::net::llm
