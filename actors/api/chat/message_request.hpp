#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/http/message.hpp"

/// Bodies that hold one message of a user's. Any thread.
namespace troupe::actors::api::chat {

struct message_request {
  std::string text;
  std::string id;           ///< the client's own; empty = none given
  std::string conversation; ///< empty = the current one
  std::string thread;       ///< of AG-UI; empty = none
  std::string run;          ///< of AG-UI; empty = none
};

using message_parse = std::variant<message_request, std::vector<net::http::field_error>>;

/// `POST /api/v1/agents/{agent}/messages`: `{"message": "…", "id"?: "…", "conversation"?: "…"}`
message_parse parse_message(std::string_view body, std::size_t longest);

/// `POST /api/v1/onboarding/chat`: `{"message": "…", "step": 1…steps, "id"?: "…"}`
message_parse parse_onboarding(std::string_view body, std::size_t longest, std::size_t steps);

/// `POST /agui/{agent}`: a `RunAgentInput`, of which the last message is the user's new one.
message_parse parse_run_input(std::string_view body, std::size_t longest);

} // namespace troupe::actors::api::chat
