#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/conversation/transcript.hpp"
#include "net/http/message.hpp"

/// Bodies that hold a whole talk. Any thread.
namespace troupe::actors::api::chat {

/// Lines of a transcript: more aren't looked through.
inline constexpr std::size_t most_lines = 1'000;

/// `POST /extract-profile`
struct profile_request {
  std::string agent; ///< empty = none named
  std::vector<conversation::transcript_line> lines;
};

/// `POST /v1/chat/completions`, as far as it is heeded.
struct completion_request {
  std::string model;
  std::string system; ///< what `system` and `developer` say
  std::vector<conversation::transcript_line> lines;
  bool stream = false;
  bool include_usage = false;
  std::optional<unsigned> max_tokens;
  std::optional<double> temperature;
};

/// Either the request or its first fault, by a JSON Pointer. What isn't known is skipped.
std::variant<profile_request, net::http::field_error> parse_profile_request(std::string_view body);
std::variant<completion_request, net::http::field_error> parse_completion_request(std::string_view body);

} // namespace troupe::actors::api::chat
