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

/// The body of `POST /chat/completions`.
std::string chat_body(const chat_request& request, const config::provider_settings& settings, length_member length);

/// What a provider's answer means. Text is trimmed; what a model thought aloud in front of it (`<think>…</think>`) is
/// dropped. Details name status, code and type; a provider's own words only where they can't quote the prompt.
chat_result read_reply(const http::call_response& response, const config::provider_settings& settings,
                       std::chrono::system_clock::time_point now);

/// What it means that there is no answer. All of it may be tried again: a completion changes nothing.
chat_failure failure_of(const http::call_failure& failure);

/// Whether a provider refuses the request because of that member.
bool refuses(const http::call_response& response, length_member length);

} // namespace troupe::net::llm
