#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

/// What clients say in a session: one JSON object a frame.
namespace troupe::actors::api::chat {

/// Bytes of a client's own id of a message.
inline constexpr std::size_t longest_client_id = 200;

/// `{"type": "user_message", "id": "…", "text": "…"}`
struct message_frame {
  std::string id;
  std::string text;
};

/// `{"type": "interrupt"}`
struct interrupt_frame {};

/// `{"type": "approval", "id": "…", "decision": "approve" | "deny"}`
struct approval_frame {
  std::string id;
};

/// `{"type": "auth", "token": "…"}`
struct auth_frame {
  std::string token;
};

/// The frame is none of these.
struct frame_fault {
  std::string code;    ///< `invalid_json`, `invalid_frame`, `unknown_type`, `empty_message`, `message_too_long`
  std::string message; ///< field, rule, what was found
  std::string client_id;
};

using client_frame = std::variant<message_frame, interrupt_frame, approval_frame, auth_frame, frame_fault>;

/// @param longest_message bytes of a message's text
client_frame parse_frame(std::string_view text, std::size_t longest_message);

/// Whether a message may have this id; what is wrong with it otherwise.
std::string_view fault_of_id(std::string_view client_id);

} // namespace troupe::actors::api::chat
