#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors::conversation {

/// A place in a conversation's stream: what a client has seen. Clients keep it as an opaque text.
struct cursor {
  std::uint64_t event = 0;  ///< number of the last journaled event of which something was seen; 0 = none
  std::uint32_t part = 0;   ///< of what the client is told about it, the last one seen
  std::uint64_t offset = 0; ///< bytes seen of the reply that is being made there

  auto operator<=>(const cursor&) const = default;
};

/// A part behind all others of its event.
inline constexpr std::uint32_t all_parts = 15;

std::string text_of(const cursor& at);

/// Nothing for what isn't a cursor's text.
std::optional<cursor> parse_cursor(std::string_view text);

} // namespace troupe::actors::conversation
