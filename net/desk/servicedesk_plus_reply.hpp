#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/desk/servicedesk_plus_wire.hpp"

namespace troupe::net::desk {

// What the desk's codes are called here. Others are in `meaning_of`.
inline constexpr unsigned code_forbidden = 4002;
inline constexpr unsigned code_internal_error = 4004;
inline constexpr unsigned code_not_found = 4007;
inline constexpr unsigned code_rate_limit = 4015;
inline constexpr unsigned code_invalid_key = 4022;

/// What an answer of API v3 says, whichever call it answers.
struct reply_summary {
  unsigned code = 0;   ///< `response_status.status_code`, or the one of its first message that says more
  std::string note_id; ///< of a note that was added
  bool lists_notes = false;
  note_page page; ///< of a list of notes
};

/// Reads an answer once. Nothing when it isn't JSON or holds no `response_status`.
/// @param marker what to look for in listed notes; empty = nothing
std::optional<reply_summary> read_reply(std::string_view body, std::string_view marker);

bool is_success(unsigned code) noexcept;

/// What a code means, in a few words; empty when nobody knows.
std::string_view meaning_of(unsigned code) noexcept;

} // namespace troupe::net::desk
